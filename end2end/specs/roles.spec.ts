/** Every page, as each role sees it. */
import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/test.ts";

// Pages that one may not see answer 403, which the browser prints.
test.use({ serverEnv: { CONSOLE_SIGN_IN: "rehearsal" }, expectedErrors: /403/ });

const ROLES = ["viewer", "deployer", "approver", "operator", "admin"] as const;

/** What each page is headed, and which role it is for. */
const PAGES: [path: string, heading: string | RegExp, from?: (typeof ROLES)[number]][] = [
  ["/", "Board"],
  ["/deploys", "History"],
  ["/insight", "Insight"],
  ["/freezes", "Freezes"],
  ["/flags", "Flags"],
  ["/approvals", "Approvals"],
  ["/protection", "GitHub’s gate"],
  ["/audit", "Audit log"],
  ["/doctor", "Doctor"],
  ["/me", /./],
  ["/deploy/storefront/production", /Deploy/],
  ["/versions/storefront/production", /storefront/],
  ["/tokens", "Tokens", "admin"],
  ["/sessions", "Sessions", "admin"],
];

for (const role of ROLES) {
  test(`a ${role} finds every page, and what it is not for them`, async ({ page, context, server }) => {
    await installAxe(page);
    const signIn = async (as: string) => {
      await page.goto("/sign-in");
      await page.getByRole("link", { name: `Sign in as ${as}` }).click();
      await expect(page.getByRole("heading", { name: "Board" })).toBeVisible();
    };
    await signIn("deployer");
    const asked = await context.request.post("/api/internal/deploys", {
      headers: { "idempotency-key": role, origin: server.url },
      data: { app: "storefront", environment: "staging", git_ref: "main" },
    });
    const { id } = (await asked.json()) as { id: string };

    await signIn(role);
    for (const [path, heading, from = "viewer"] of [
      ...PAGES,
      [`/deploys/${id}`, "storefront to staging"] as (typeof PAGES)[number],
    ]) {
      await page.goto(path);
      await expect.soft(page.getByRole("heading", { level: 1, name: heading }), path).toBeVisible();
      const mayNot = page.getByText(/It needs the role/).first();
      if (ROLES.indexOf(role) < ROLES.indexOf(from)) await expect.soft(mayNot, path).toBeVisible();
      await expectAccessible(page, `${path} as ${role}`);
    }
  });
}
