import { type Locator, type Page } from "@playwright/test";

import { expectHydrated } from "./board.ts";

/** All deploys, newest first. */
export class HistoryPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto("/deploys");
    await expectHydrated(this.page);
  }

  /** The rows that say all of these words. */
  row(...words: string[]): Locator {
    return words.reduce(
      (rows, hasText) => rows.filter({ hasText }),
      this.page.getByRole("table").getByRole("row"),
    );
  }
}
