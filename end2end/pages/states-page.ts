import { fileURLToPath, pathToFileURL } from "node:url";

import type { Locator, Page } from "@playwright/test";

/** `make states` leaves it there. */
const FILE =
  process.env["STATES_PAGE"] ??
  fileURLToPath(new URL("../../target/states/states.html", import.meta.url));

/** One state of one component. */
export interface State {
  name: string;
  caption: string;
}

/** States that belong together. */
export interface Section {
  /** A selector of it. */
  selector: string;
  title: string;
  states: State[];
}

/** Every state of every component, as `app/examples/states` renders them. */
export class StatesPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto(pathToFileURL(FILE).href);
  }

  async sections(): Promise<Section[]> {
    return await this.page.locator("section.group").evaluateAll((sections) =>
      sections.map((section) => ({
        selector: `[id="${section.id}"]`,
        title: section.querySelector("h2")!.textContent,
        states: [...section.querySelectorAll<HTMLElement>("figure[data-state]")].map((figure) => ({
          name: figure.dataset["state"]!,
          caption: figure.querySelector("figcaption")!.textContent,
        })),
      })),
    );
  }

  /** Shows this section alone: a picture of a small page is taken sooner. */
  async show({ selector }: Section): Promise<void> {
    await this.page.locator("section.group").evaluateAll((sections, selector) => {
      for (const section of sections) (section as HTMLElement).hidden = !section.matches(selector);
    }, selector);
  }

  async states(): Promise<State[]> {
    return (await this.sections()).flatMap(({ states }) => states);
  }

  /** What is shown of a state, without its caption. */
  state(name: string): Locator {
    return this.page.locator(`figure[data-state="${name}"] > .state`);
  }

  /** The states that are wider than their place, or than the screen. */
  async overflowing(): Promise<string[]> {
    return await this.page.locator("figure[data-state]").evaluateAll((figures) =>
      figures
        .filter((figure) => {
          const shown = figure.querySelector(".state")!;
          const isWide = shown.getBoundingClientRect().right > document.documentElement.clientWidth;
          return isWide || shown.scrollWidth > shown.clientWidth;
        })
        .map((figure) => (figure as HTMLElement).dataset["state"]!),
    );
  }
}
