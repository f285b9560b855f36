import { expect, type Locator, type Page } from "@playwright/test";

import { DeployDialog } from "./deploy-dialog.ts";

/** The first page: every app and environment, and the way to deploy to it. */
export class Board {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto("/");
    await expectHydrated(this.page);
  }

  deployButton(app: string, environment: string): Locator {
    return this.page.getByRole("button", { name: `Deploy ${app} to ${environment}`, exact: true });
  }

  /** What the board says of one environment. */
  row(app: string, environment: string): Locator {
    return this.page
      .getByRole("region", { name: app, exact: true })
      .getByRole("listitem")
      .filter({ has: this.page.getByRole("heading", { name: environment, exact: true }) });
  }

  versionsLink(app: string, environment: string): Locator {
    return this.page.getByRole("link", { name: `Versions of ${app} in ${environment}` });
  }

  dialog(app: string, environment: string): DeployDialog {
    return new DeployDialog(this.page, `Deploy ${app} to ${environment}`);
  }

  async openDialog(app: string, environment: string): Promise<DeployDialog> {
    await this.deployButton(app, environment).click();
    const dialog = this.dialog(app, environment);
    await expect(dialog.root).toBeVisible();
    return dialog;
  }

  /** Deploys, and waits for the success. */
  async deploy(app: string, environment: string, gitRef: string): Promise<void> {
    await this.open();
    const dialog = await this.openDialog(app, environment);
    await dialog.deploy(gitRef);
    await dialog.expectStatus("succeeded");
    await dialog.close.click();
  }
}

/** A click before the page is hydrated would be lost. */
export async function expectHydrated(page: Page): Promise<void> {
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
}
