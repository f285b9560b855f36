/** The signatures of the action against other implementations of the same standard. */
import { createHmac } from "node:crypto";

import { expect, test } from "@playwright/test";

import { callFunction } from "./notify-script.ts";

const SIGN = 'webhook_signature "$1" "$2" "$3" "$(key_hex "$4")"';

test("the standard's own example is signed as the standard says", async () => {
  const { output } = await callFunction("sign.sh", SIGN, [
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "1614265330",
    '{"test": 2432232314}',
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  ]);
  expect(output).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

// 64 bytes is the block of SHA-256: a key is padded up to it, and hashed beyond it.
for (const length of [1, 24, 63, 64, 65, 200]) {
  test(`a key of ${length} bytes signs as it does elsewhere`, async () => {
    const secret = "kéy!".repeat(length).slice(0, length);
    const body = '{"log_line":"é 😀"}';
    const { output } = await callFunction("sign.sh", SIGN, ["msg_1", "1700000000", body, secret]);
    const hmac = createHmac("sha256", secret).update(`msg_1.1700000000.${body}`).digest("base64");
    expect(output).toBe(`v1,${hmac}`);
  });

  test(`a key of ${length} random bytes in base64 signs as it does elsewhere`, async () => {
    const key = Buffer.from(Array.from({ length }, (_, at) => (at * 37) % 256));
    const secret = `whsec_${key.toString("base64")}`;
    const { output } = await callFunction("sign.sh", SIGN, ["msg_1", "1700000000", "{}", secret]);
    const hmac = createHmac("sha256", key).update("msg_1.1700000000.{}").digest("base64");
    expect(output).toBe(`v1,${hmac}`);
  });
}

for (const secret of ["whsec_", "whsec_abc", "whsec_not base64", "whsec_====", "whsec_%%%%"]) {
  test(`"${secret}" is not a key`, async () => {
    const { exitCode } = await callFunction("sign.sh", 'key_hex "$1"', [secret]);
    expect(exitCode).not.toBe(0);
  });
}
