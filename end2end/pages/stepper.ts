import { expect, type Locator } from "@playwright/test";

/** Steps and states as they are in the page's data attributes, and the words people see. */
const LABELS = {
  smoke_gate: "Smoke gate",
  freeze_check: "Freeze check",
  deploy: "Deploy",
  health_check: "Health check",
} as const;

const WORDS = {
  pending: "pending",
  active: "in progress",
  done: "done",
  failed: "failed",
  stalled: "stalled",
  not_reached: "not reached",
  not_required: "not required",
  not_reported: "not reported",
} as const;

export type StepKey = keyof typeof LABELS;
export type StepState = keyof typeof WORDS;
/** Smoke gate, freeze check, deploy, health check. */
export type StepStates = [StepState, StepState, StepState, StepState];

/** The four steps, in the dialog or on the page of one deploy. */
export class Stepper {
  private readonly items: Locator;

  constructor(container: Locator) {
    // Not the legs within a step.
    this.items = container.getByRole("list", { name: "Deploy steps" }).locator("> li");
  }

  step(key: StepKey): Locator {
    return this.items.nth(Object.keys(LABELS).indexOf(key));
  }

  /** Waits until the steps are so; attribute, visible word and `aria-current` have to agree. */
  async expectStates(states: StepStates): Promise<void> {
    await expect(this.items).toHaveCount(4);
    for (const [at, [key, label]] of Object.entries(LABELS).entries()) {
      const state = states[at]!;
      const item = this.items.nth(at);
      await expect(item).toHaveAttribute("data-step", key);
      await expect(item, `the state of ${label}`).toHaveAttribute("data-state", state);
      await expect(item).toContainText(label);
      await expect(item).toContainText(WORDS[state]);
      const current = expect(item, `aria-current of ${label}`);
      await (state === "active"
        ? current.toHaveAttribute("aria-current", "step")
        : current.not.toHaveAttribute("aria-current"));
    }
  }
}
