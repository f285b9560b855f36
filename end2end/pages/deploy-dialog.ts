import { expect, type Locator, type Page } from "@playwright/test";

import { type StepKey, Stepper, type StepStates } from "./stepper.ts";

export type Scenario =
  | "All well"
  | "Smoke gate fails"
  | "Freeze check fails"
  | "Build fails"
  | "Health check fails"
  | "A callback is lost"
  | "Every callback is lost"
  | "It stalls"
  | "It is slow to show its run"
  | "It waits for an approval"
  | "Its approval is rejected"
  | "One of three legs fails late"
  | "Its run is deleted"
  | "A newer run takes its place"
  | "GitHub is down for a while";

/** The dialog in which a deploy is asked for, and then watched. */
export class DeployDialog {
  readonly root: Locator;
  readonly gitRef: Locator;
  readonly reason: Locator;
  readonly scenario: Locator;
  /** There where the name of the environment has to be typed. */
  readonly environmentName: Locator;
  readonly submit: Locator;
  /** Where no answer came: what happened, and what can be done. */
  readonly unanswered: Locator;
  readonly retryNow: Locator;
  readonly retry: Locator;
  readonly forget: Locator;
  readonly close: Locator;
  readonly reconnecting: Locator;
  readonly announcement: Locator;
  private readonly environment: string;
  private readonly status: Locator;
  private readonly stepper: Stepper;

  constructor(page: Page, name: string) {
    this.root = page.getByRole("dialog", { name, exact: true });
    this.gitRef = this.root.getByLabel("Git ref");
    this.reason = this.root.getByRole("textbox", { name: "Reason" });
    this.scenario = this.root.getByRole("combobox", { name: "What should happen" });
    this.environmentName = this.root.getByRole("textbox", { name: "Name of the environment" });
    this.environment = name.split(" ").at(-1) ?? "";
    // Where a freeze is overridden, it says so.
    this.submit = this.root.getByRole("button", { name: /^(Override and deploy|Deploy)$/ });
    this.unanswered = this.root.getByRole("alert").filter({ hasText: /did not answer|not known yet/ });
    this.retryNow = this.root.getByRole("button", { name: "Retry now", exact: true });
    this.retry = this.root.getByRole("button", { name: "Retry", exact: true });
    this.forget = this.root.getByRole("button", { name: "Forget it" });
    this.close = this.root.getByRole("button", { name: "Close" });
    this.reconnecting = this.root.getByText(/reconnecting/i);
    this.announcement = this.root.getByRole("status");
    this.status = this.root.locator("[data-status]");
    this.stepper = new Stepper(this.root);
  }

  /** Asks for the deploy, and waits until the steps take the form's place. */
  async deploy(gitRef: string, scenario?: Scenario): Promise<void> {
    await this.gitRef.fill(gitRef);
    if (scenario !== undefined) await this.scenario.selectOption({ label: scenario });
    await this.nameEnvironment();
    await this.submit.click();
    await expect(this.submit).toBeHidden();
  }

  /** Types the name of the environment, where that is asked for. */
  async nameEnvironment(): Promise<void> {
    if (await this.environmentName.isVisible()) await this.environmentName.fill(this.environment);
  }

  step(key: StepKey): Locator {
    return this.stepper.step(key);
  }

  async expectStatus(status: string): Promise<void> {
    await expect(this.status).toHaveAttribute("data-status", status);
  }

  /** The sentence that says where it stands. */
  async expectWords(words: string): Promise<void> {
    await expect(this.status).toHaveText(words);
  }

  async expectSteps(status: string, states: StepStates): Promise<void> {
    await this.expectStatus(status);
    await this.stepper.expectStates(states);
  }
}
