use http::HeaderValue;
use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_700_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn secrets(text: &str) -> SigningSecrets {
    text.parse().unwrap()
}

fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [(ID, id), (TIMESTAMP, timestamp), (SIGNATURE, signature)] {
        headers.insert(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn signed(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> HeaderMap {
    headers(id, &timestamp.to_string(), &sign(&secrets(secret), &id.into(), timestamp, body))
}

/// The vector that the Standard Webhooks specification and its libraries publish.
#[test]
fn official_test_vector_verifies() {
    let secret = secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    let body = br#"{"test": 2432232314}"#;
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    assert_eq!(sign(&secret, &id.into(), 1_614_265_330, body), signature);
    let at = Timestamp::from_second(1_614_265_330).unwrap();
    assert_eq!(verify(&secret, &headers(id, "1614265330", signature), body, at), Ok(id.into()));
}

/// A message signed with the standardwebhooks crate verifies, and the other way round.
#[test]
fn standardwebhooks_crate_agrees_both_ways() {
    let theirs = standardwebhooks::Webhook::from_bytes(b"a secret of bytes".to_vec()).unwrap();
    let ours = secrets("whsec_YSBzZWNyZXQgb2YgYnl0ZXM=");
    let body = br#"{"status":"building"}"#;
    let signature = theirs.sign("msg_1", NOW, body).unwrap();
    assert_eq!(
        verify(&ours, &headers("msg_1", &NOW.to_string(), &signature), body, now()),
        Ok("msg_1".into())
    );
    assert_eq!(sign(&ours, &"msg_1".into(), NOW, body), signature);
}

/// A signature that is forged, missing or of another kind is refused.
#[test]
fn f01_forged_or_missing_signature_is_refused() {
    let secret = secrets("s3cret");
    let good = sign(&secret, &"msg_1".into(), NOW, b"{}");
    let encoded = good.strip_prefix("v1,").unwrap();
    let wrong = [
        String::new(),
        "v1,".to_owned(),
        "v1".to_owned(),
        encoded.to_owned(),
        format!("v1a,{encoded}"),
        format!("v2,{encoded}"),
        good[..good.len() - 8].to_owned(),
        sign(&secrets("another"), &"msg_1".into(), NOW, b"{}"),
    ];
    for signature in wrong {
        let headers = headers("msg_1", &NOW.to_string(), &signature);
        assert_eq!(verify(&secret, &headers, b"{}", now()), Err(SignatureError::Mismatch), "{signature}");
    }
    for name in [ID, TIMESTAMP, SIGNATURE] {
        let mut missing = signed("s3cret", "msg_1", NOW, b"{}");
        missing.remove(name);
        assert_eq!(verify(&secret, &missing, b"{}", now()), Err(SignatureError::Headers), "no {name}");
        let mut repeated = signed("s3cret", "msg_1", NOW, b"{}");
        let value = repeated[name].clone();
        repeated.append(name, value);
        assert_eq!(verify(&secret, &repeated, b"{}", now()), Err(SignatureError::Headers), "two {name}");
    }
}

#[test]
fn any_of_several_signatures_may_match() {
    let good = sign(&secrets("s3cret"), &"msg_1".into(), NOW, b"{}");
    let list = format!("v1a,xyz v1,AAAA {good} v2,zzz");
    assert!(verify(&secrets("s3cret"), &headers("msg_1", &NOW.to_string(), &list), b"{}", now()).is_ok());
}

/// Sixteen signatures are looked at, and none of other kinds.
#[test]
fn sixteen_signatures_are_checked() {
    let secret = secrets("s3cret");
    let good = sign(&secret, &"msg_1".into(), NOW, b"{}");
    let bad = sign(&secrets("another"), &"msg_1".into(), NOW, b"{}");
    let verifies = |list: Vec<&str>| {
        verify(&secret, &headers("msg_1", &NOW.to_string(), &list.join(" ")), b"{}", now()).is_ok()
    };
    let among = |wrong: &'static str, count| -> Vec<String> { vec![wrong.to_owned(); count] };
    assert!(verifies([vec![bad.as_str(); 15], vec![good.as_str()]].concat()));
    assert!(!verifies([vec![bad.as_str(); 16], vec![good.as_str()]].concat()));
    for other in ["v1,x", "v1a,AAAA", "", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="] {
        let list = among(other, 500);
        assert!(verifies(list.iter().map(String::as_str).chain([good.as_str()]).collect()), "{other}");
    }
}

#[test]
fn delivery_id_has_1_to_255_bytes() {
    for (length, accepted) in [(0, false), (1, true), (255, true), (256, false)] {
        let id = "x".repeat(length);
        let expected = if accepted { Ok(id.as_str().into()) } else { Err(SignatureError::Id) };
        let headers = signed("s3cret", &id, NOW, b"{}");
        assert_eq!(verify(&secrets("s3cret"), &headers, b"{}", now()), expected, "{length} bytes");
    }
}

/// Three hundred seconds are accepted, and one more is not.
#[test]
fn f05_tolerance_is_300_seconds() {
    for (offset, accepted) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
        let headers = signed("s3cret", "msg_1", NOW + offset, b"{}");
        let expected = if accepted { Ok("msg_1".into()) } else { Err(SignatureError::Stale) };
        assert_eq!(verify(&secrets("s3cret"), &headers, b"{}", now()), expected, "{offset}");
    }
}

#[test]
fn f06_no_timestamp_panics() {
    for timestamp in
        [&i64::MIN.to_string(), &i64::MAX.to_string(), "-1", "+1", "now", "", "1.5", &"9".repeat(40)]
    {
        let signature = format!(
            "v1,{}",
            BASE64_STANDARD.encode(mac(b"s3cret", "m", timestamp, b"").finalize().into_bytes())
        );
        let result = verify(&secrets("s3cret"), &headers("m", timestamp, &signature), b"", now());
        assert!(
            matches!(result, Err(SignatureError::Timestamp | SignatureError::Stale)),
            "{timestamp}: {result:?}"
        );
    }
}

/// Both secrets verify, and the old one stops when it is removed.
#[test]
fn f21_old_secret_works_until_removed() {
    let (old, new) = (signed("old", "m", NOW, b"{}"), signed("new", "m", NOW, b"{}"));
    let both = secrets("new old");
    assert!(verify(&both, &old, b"{}", now()).is_ok() && verify(&both, &new, b"{}", now()).is_ok());
    assert_eq!(verify(&secrets("new"), &old, b"{}", now()), Err(SignatureError::Mismatch));
}

proptest! {
    /// I12.
    #[test]
    fn signed_message_verifies(secret in "[!-~]{1,80}", id in "[!-~]{1,255}", body in any::<Vec<u8>>()) {
        prop_assume!(!secret.starts_with("whsec_"));
        let headers = signed(&secret, &id, NOW, &body);
        prop_assert_eq!(verify(&secrets(&secret), &headers, &body, now()), Ok(id.as_str().into()));
    }

    #[test]
    fn f02_any_changed_bit_is_refused(
        id in "[a-z]{4,20}", body in proptest::collection::vec(any::<u8>(), 1..200), at in any::<prop::sample::Index>(), bit in 0..8u8,
    ) {
        let headers = signed("s3cret", &id, NOW, &body);
        let mut changed = body.clone();
        changed[at.index(body.len())] ^= 1 << bit;
        prop_assert_eq!(verify(&secrets("s3cret"), &headers, &changed, now()), Err(SignatureError::Mismatch));

        let mut other_id = headers.clone();
        other_id.insert(ID, HeaderValue::from_str(&format!("{id}x")).unwrap());
        prop_assert_eq!(verify(&secrets("s3cret"), &other_id, &body, now()), Err(SignatureError::Mismatch));

        let mut other_time = headers;
        other_time.insert(TIMESTAMP, HeaderValue::from(NOW ^ (1 << bit)));
        prop_assert_eq!(verify(&secrets("s3cret"), &other_time, &body, now()), Err(SignatureError::Mismatch));
    }

    #[test]
    fn f06_no_header_panics(id in "[ -~]{0,300}", timestamp in "[ -~]{0,60}", signature in "[ -~]{0,300}") {
        let result = verify(&secrets("s3cret"), &headers(&id, &timestamp, &signature), b"{}", now());
        prop_assert!(result.is_err());
    }
}
