// One process with devices of a peer: requests and answers are JSON objects, one a line; several may be under way.
// The requests are those of tests/bench/sync/src/peer.rs.
import { createInterface } from "node:readline";

/** Microseconds of the machine's monotonic clock: comparable between processes. */
export const nowUs = () => Number(process.hrtime.bigint() / 1000n);
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** `changes` entries of a map: 16 hexadecimal digits and `bytes` random bytes each, the same for the same seed. */
export function* entries(changes, bytes, seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const half = () => next().toString(16).padStart(8, "0");
  for (let number = 0; number < changes; number++) {
    yield [half() + half(), Uint8Array.from({ length: bytes }, () => next() & 255)];
  }
}

/** Looks until something is so. */
export async function until(look) {
  for (;;) {
    const found = look();
    if (found) return found;
    await sleep(1);
  }
}

/** Answers requests until the input ends. */
export function run(requests) {
  const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\n");
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { id, do: name, ...given } = JSON.parse(line);
    try {
      say({ id, ...((await requests[name](given)) ?? {}) });
    } catch (error) {
      say({ id, error: String(error?.stack ?? error) });
    }
  }).on("close", () => process.exit(0));
}
