//! What a provider says of a person.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    error::{Cause, SignInError, TokenFault},
    person::{Person, usable, usable_groups},
};

#[derive(Clone, Debug)]
pub(super) struct Claims(Map<String, Value>);

impl Claims {
    /// Those of an ID token, or of userinfo, after they were verified.
    pub(super) fn of(verified: &impl Serialize) -> Result<Self, SignInError> {
        match serde_json::to_value(verified) {
            Ok(Value::Object(claims)) => Ok(Self(claims)),
            Ok(_) | Err(_) => Err(SignInError::Token(TokenFault::Malformed, Cause::new("it has no claims"))),
        }
    }

    pub(super) fn has(&self, claim: &str) -> bool {
        self.0.get(claim).is_some_and(|value| !value.is_null())
    }

    /// These, and what else others say.
    pub(super) fn or(mut self, others: Self) -> Self {
        for (claim, value) in others.0 {
            if !self.has(&claim) {
                self.0.insert(claim, value);
            }
        }
        self
    }

    pub(super) fn person(
        &self,
        subject: &str,
        name_claim: &str,
        groups_claim: &str,
    ) -> Result<Person, SignInError> {
        let subject = usable(subject).ok_or(SignInError::NoName)?;
        let name = self.name(name_claim).unwrap_or(subject);
        let (id, name) = (format!("oidc:{subject}"), name.to_owned());
        Ok(Person { id, name, groups: self.groups(groups_claim) })
    }

    /// The claim that was named, or a verified address. Grants go by names: where another claim was named, nobody gets one
    /// that they chose for themselves.
    fn name(&self, claim: &str) -> Option<&str> {
        let named = if claim == "email" { self.email(true) } else { self.text(claim) };
        named.or_else(|| self.email(false))
    }

    /// The address, unless the provider says that it is not the person's. Many providers say nothing.
    fn email(&self, or_unsaid: bool) -> Option<&str> {
        let is_verified = self.0.get("email_verified").and_then(Value::as_bool).unwrap_or(or_unsaid);
        self.text("email").filter(|_| is_verified)
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim).and_then(Value::as_str).and_then(usable)
    }

    fn groups(&self, claim: &str) -> Vec<String> {
        match self.0.get(claim) {
            Some(Value::Array(groups)) => usable_groups(groups.iter().filter_map(Value::as_str)),
            Some(Value::String(group)) => usable_groups([group.as_str()]),
            Some(_) | None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn name(claims: Value, claim: &str) -> String {
        Claims::of(&claims).unwrap().person("s-1", claim, "groups").unwrap().name
    }

    #[test]
    fn name_is_the_claim_a_verified_address_or_the_subject() {
        let all =
            json!({ "preferred_username": "ada", "name": "Ada L", "email": "a@b.c", "email_verified": true });
        assert_eq!(name(all.clone(), "preferred_username"), "ada");
        assert_eq!(name(all.clone(), "name"), "Ada L");
        assert_eq!(name(all, "employee"), "a@b.c", "not what they chose for themselves");
        let unverified = json!({ "email": "a@b.c" });
        assert_eq!(name(unverified.clone(), "preferred_username"), "s-1");
        assert_eq!(name(unverified, "email"), "a@b.c", "the provider does not say that it is not");
        assert_eq!(name(json!({ "email": "a@b.c", "email_verified": false }), "email"), "s-1");
        assert_eq!(name(json!({ "preferred_username": "a\u{202e}b" }), "preferred_username"), "s-1");
        assert_eq!(name(json!({ "preferred_username": 7 }), "preferred_username"), "s-1");
    }

    #[test]
    fn subject_has_to_be_usable() {
        let claims = Claims::of(&json!({ "preferred_username": "ada" })).unwrap();
        assert_eq!(claims.person("a\nb", "preferred_username", "groups"), Err(SignInError::NoName));
    }

    #[test]
    fn groups_are_a_list_or_one() {
        let groups = |claims: Value| {
            Claims::of(&claims).unwrap().person("s", "name", "https://x.example/groups").unwrap().groups
        };
        assert_eq!(groups(json!({ "https://x.example/groups": ["a", 1, "b c"] })), ["a", "b c"]);
        assert_eq!(groups(json!({ "https://x.example/groups": "a b" })), ["a b"]);
        assert!(groups(json!({ "groups": ["a"] })).is_empty());
    }

    #[test]
    fn token_goes_before_userinfo() {
        let of = |claims: Value| Claims::of(&claims).unwrap();
        let both = of(json!({ "a": 1, "b": null })).or(of(json!({ "a": 2, "b": 3, "c": 4 })));
        assert_eq!(Value::Object(both.0), json!({ "a": 1, "b": 3, "c": 4 }));
    }
}
