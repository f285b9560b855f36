/** The log of a run, as GitHub keeps it: secrets masked, workflow commands carried out. */

export interface Annotation {
  level: "error" | "warning" | "notice";
  title: string | undefined;
  message: string;
}

const COMMAND = /^::(?<name>[a-z-]+)(?: (?<properties>[^:]*))?::(?<value>.*)$/;

export class RunLog {
  readonly lines: string[] = [];
  readonly annotations: Annotation[] = [];
  private readonly secrets: string[] = [];

  mask(secret: string): void {
    if (secret !== "") this.secrets.push(secret);
  }

  /** Takes what a script has printed. Throws at a workflow command that it does not know. */
  write(output: string): void {
    for (const line of output.split("\n")) {
      const command = COMMAND.exec(line)?.groups;
      if (command === undefined) {
        // The older form is read anywhere in a line.
        if (/##\[[a-z-]+/.test(line)) throw new Error(`This runner does not know ${line}`);
        if (line !== "") this.lines.push(this.masked(line));
      } else {
        this.carryOut(command["name"]!, command["properties"] ?? "", unescape(command["value"]!));
      }
    }
  }

  get text(): string {
    return this.lines.join("\n");
  }

  private carryOut(name: string, properties: string, value: string): void {
    switch (name) {
      case "add-mask":
        this.mask(value);
        return;
      case "error":
      case "warning":
      case "notice": {
        const title = /(?:^|,)title=([^,]*)/.exec(properties)?.[1];
        this.annotations.push({ level: name, title, message: this.masked(value) });
        this.lines.push(this.masked(`${name}: ${value}`));
        return;
      }
      default:
        throw new Error(`This runner does not know the workflow command ${name}`);
    }
  }

  private masked(text: string): string {
    return this.secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }
}

function unescape(value: string): string {
  return value.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
