import { expect, type Page } from "@playwright/test";

import { expectHydrated } from "./board.ts";
import { Stepper, type StepStates } from "./stepper.ts";

/** The page of one deploy. */
export class DeployPage {
  private readonly page: Page;
  private readonly stepper: Stepper;

  constructor(page: Page) {
    this.page = page;
    this.stepper = new Stepper(page.getByRole("main"));
  }

  async open(id: string): Promise<void> {
    await this.page.goto(`/deploys/${id}`);
    await expectHydrated(this.page);
  }

  async expectSteps(status: string, states: StepStates): Promise<void> {
    await expect(this.page.getByRole("main").locator("[data-status]").first()).toHaveAttribute(
      "data-status",
      status,
    );
    await this.stepper.expectStates(states);
  }
}
