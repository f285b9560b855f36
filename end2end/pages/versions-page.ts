import { expect, type Locator, type Page } from "@playwright/test";

/** Which commit is live in an environment, and the ways to deploy another one. */
export class VersionsPage {
  private readonly page: Page;
  readonly live: Locator;
  readonly earlier: Locator;
  readonly elsewhere: Locator;

  constructor(page: Page) {
    this.page = page;
    this.live = page.getByRole("region", { name: "Live", exact: true });
    this.earlier = page.getByRole("region", { name: "Roll back to" });
    this.elsewhere = page.getByRole("region", { name: "Promote from" });
  }

  async open(app: string, environment: string): Promise<void> {
    await this.page.goto(`/versions/${app}/${environment}`);
    await expect(
      this.page.getByRole("heading", { name: `Versions of ${app} in ${environment}` }),
    ).toBeVisible();
  }
}
