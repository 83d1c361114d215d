// Answers commands: one JSON line on stdin, one on stdout.
import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

// Node 18 has it, but not as a global.
globalThis.crypto ??= webcrypto;

export async function serve(commands) {
  for await (const line of createInterface({ input: process.stdin })) {
    let answer;
    try {
      const { command, ...options } = JSON.parse(line);
      answer = { result: (await commands[command](options)) ?? null };
    } catch (error) {
      answer = { error: `${error?.name}: ${error?.message}` };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
