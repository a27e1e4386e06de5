import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createSeededRandom } from '../../src/testing/seeded-random.ts';
import { rounds, seed } from '../domain/support/property.ts';
import { EXPLANATIONS, explain } from './support/explanations.ts';
import { createJudge, LIBRARIES, UNKNOWN_TO, type Subject } from './support/judges.ts';
import { ATTACKED_ALGORITHMS } from './support/keys.ts';
import {
  byteMutants,
  headerMutants,
  payloadMutants,
  signatureMutants,
  spellingMutants,
  type Mutant,
} from './support/mutants.ts';
import { createTarget, type Target } from './support/target.ts';

/*
 * The same tokens, judged by ours and by three others with the same key and the same expectations. Where the verdicts differ, the
 * list in `support/explanations.ts` has to say why; what it does not explain fails.
 */

/** Every so manieth mutant, and every so manieth place of a token. */
const MUTANT_STEP = rounds(5, 1);
const PLACE_STEP = rounds(31, 1);

const explained = new Map<string, number>();
let judged = 0;

function* mutantsOf(target: Target, subject: Subject): Generator<Mutant> {
  const random = createSeededRandom(seed);
  const draw = (below: number): number => {
    const [high = 0, low = 0] = random.bytes(2);
    return (high * 256 + low) % below;
  };
  let at = draw(MUTANT_STEP);
  for (const mutants of [headerMutants, payloadMutants, spellingMutants, signatureMutants]) {
    for (const mutant of mutants(target)) if (at++ % MUTANT_STEP === 0) yield mutant;
  }
  // Changes to what is signed are refused for the signature, whatever the claims: one subject is enough.
  if (subject === 'form') yield* byteMutants(target.token, PLACE_STEP, draw);
}

for (const algorithm of ATTACKED_ALGORITHMS) {
  for (const subject of ['form', 'claims'] as const) {
    test(`${algorithm}, ${subject}: every disagreement with another library is explained`, async (t) => {
      t.diagnostic(`WATCHWORD_SEED=${seed}`);
      const target = createTarget(algorithm);
      const judge = createJudge(subject, target);
      await allTake(judge, target);
      const verdicts = { taken: 0, refused: 0 };
      for (const { how, make } of mutantsOf(target, subject)) {
        const token = make();
        judged += 1;
        const { ours, theirs } = await judge(token);
        verdicts[ours === undefined ? 'taken' : 'refused'] += 1;
        for (const library of LIBRARIES) {
          const taken = theirs[library];
          if (taken === undefined || taken === (ours === undefined)) continue;
          const explanation = explain({ subject, library, ours, token });
          assert.ok(
            explanation !== undefined,
            `ours: ${ours ?? 'taken'}, ${library}: ${taken ? 'taken' : 'refused'}; ${how}\n${token}`,
          );
          const name = `${library}: ${explanation.name}`;
          explained.set(name, (explained.get(name) ?? 0) + 1);
        }
      }
      assert.ok(verdicts.taken > 10 && verdicts.refused > 50, JSON.stringify(verdicts));
    });
  }
}

async function allTake(judge: ReturnType<typeof createJudge>, { key, token }: Target): Promise<void> {
  const { ours, theirs } = await judge(token);
  assert.equal(ours, undefined);
  const knowing = LIBRARIES.filter((library) => !UNKNOWN_TO[library].includes(key.algorithm));
  assert.deepEqual(theirs, Object.fromEntries(knowing.map((library) => [library, true])));
}

test('the list of explanations is counted, and in the long run holds none that nothing needs', (t: TestContext) => {
  const sorted = [...explained].toSorted(([one], [two]) => one.localeCompare(two));
  t.diagnostic(`${judged} tokens`);
  for (const [name, count] of sorted) t.diagnostic(`${count} × ${name}`);
  assert.ok(judged > 2000, `${judged} tokens`);
  if (MUTANT_STEP > 1) return;
  for (const { name, libraries } of EXPLANATIONS.filter(({ byChance }) => byChance === undefined)) {
    const isUsed = libraries.some((library) => explained.has(`${library}: ${name}`));
    assert.ok(isUsed, `nothing needs the explanation: ${name}`);
  }
});

test('what we take and jose refuses is right by an RFC, or jose could do it', () => {
  const taken = EXPLANATIONS.filter(
    ({ ours, libraries }) => ours.includes('taken') && libraries.includes('jose'),
  );
  assert.deepEqual(
    taken.map(({ name }) => name),
    ['nbf within the skew', 'Ed25519 in a set of keys'],
  );
  for (const { why } of taken) assert.match(why, /RFC \d{4} §/);
});
