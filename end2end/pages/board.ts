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
    return this.page.locator(`#cell-${app}-${environment}`);
  }

  /** The rows of the apps that are shown. */
  apps(): Locator {
    return this.page.locator("tr.app").filter({ visible: true });
  }

  /** Shows everything that is known of one environment. */
  async openDetails(app: string, environment: string): Promise<void> {
    await this.row(app, environment).getByLabel(`More about ${app} in ${environment}`).click();
  }

  /** The versions of one environment. */
  async openVersions(app: string, environment: string): Promise<void> {
    await this.openDetails(app, environment);
    await this.page.getByRole("link", { name: `Versions of ${app} in ${environment}` }).click();
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
