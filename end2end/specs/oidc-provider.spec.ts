/** The OpenID provider of these tests is one, before the console is asked to sign anybody in with it. */
import { expect, test } from "@playwright/test";

import { OidcProvider } from "../fixtures/oidc.ts";

const REDIRECT = "http://127.0.0.1:9/auth/callback";

test("the provider of the tests can be discovered, and sends people back", async ({ page }) => {
  const provider = await OidcProvider.start(REDIRECT);
  const metadata = (await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json()) as {
    issuer: string;
    authorization_endpoint: string;
    scopes_supported: string[];
  };
  expect(metadata.issuer).toBe(provider.issuer);
  expect(metadata.scopes_supported).toContain("groups");

  await page.route(`${REDIRECT}*`, (route) => route.fulfill({ body: "back" }));
  const asked = new URLSearchParams({
    response_type: "code",
    client_id: provider.clientId,
    redirect_uri: REDIRECT,
    scope: "openid profile email groups",
    state: "s",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  });
  await page.goto(`${metadata.authorization_endpoint}?${asked}`);
  await page.getByRole("button", { name: "ada" }).click();
  await page.waitForURL(`${REDIRECT}*`);
  const back = new URL(page.url()).searchParams;
  expect([back.get("state"), back.get("iss"), back.has("code")]).toEqual(["s", provider.issuer, true]);
  await provider.stop();
});
