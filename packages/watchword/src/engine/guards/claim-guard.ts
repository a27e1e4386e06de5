import { MAX_DEPTH } from '../../crypto/jws/compact.ts';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '../../domain/json.ts';
import { ClaimRefusedError } from '../../errors/watchword-error.ts';
import { holdsIds, sensitiveName, sensitiveNameOfList, sensitiveNameOfNumber } from './sensitive-names.ts';
import { looksLikeRow, sensitiveObject } from './sensitive-objects.ts';
import { sensitiveShape } from './sensitive-shapes.ts';

/**
 * Refuses claims that everybody who holds the token should not read: a payload is signed, and not encrypted. It goes by names
 * and by shapes; `allowed` names the top-level claims that the application wants in its tokens all the same.
 */
export function assertHarmlessClaims(claims: JsonObject, allowed: ReadonlySet<string>): void {
  const judged = Object.entries(claims).filter(([name]) => !allowed.has(name));
  const [first] = judged;
  if (first !== undefined && looksLikeRow(judged.map(([name]) => name))) {
    throw new ClaimRefusedError(first[0], 'a part of a whole row of a database');
  }
  for (const [name, value] of judged) {
    const what = whatIsIn(name, value);
    if (what !== undefined) throw new ClaimRefusedError(name, what);
  }
}

/** What must not be there, as a noun. */
function whatIsIn(name: string, value: JsonValue): string | undefined {
  if (typeof value === 'string') return whatIsInText(name, value) ?? sensitiveName(name, value);
  if (typeof value === 'number') return sensitiveNameOfNumber(name) ?? shapeOf(name, String(value));
  if (Array.isArray(value)) return first<JsonValue>(value, (element) => whatIsInList(name, element));
  if (!isJsonObject(value)) return undefined;
  return (
    sensitiveObject(value) ??
    first(Object.entries(value), ([inner, element]) => sensitiveShape(inner) ?? whatIsIn(inner, element))
  );
}

function whatIsInList(name: string, element: JsonValue): string | undefined {
  if (typeof element !== 'string') return whatIsIn(name, element);
  return whatIsInText(name, element) ?? sensitiveNameOfList(name, element);
}

function whatIsInText(name: string, text: string): string | undefined {
  const shape = shapeOf(name, text);
  if (shape !== undefined || !/^\s*[{[]/.test(text)) return shape;
  const inner = parseStrictJson(text, { maxDepth: MAX_DEPTH });
  return typeof inner === 'object' ? whatIsIn('', inner) : undefined;
}

/** One in forty ids of 16 digits passes for the number of a card, so that digits under a name that ends in `id` are ids. */
function shapeOf(name: string, text: string): string | undefined {
  return /^\d+[A-Z]?$/.test(text) && holdsIds(name) ? undefined : sensitiveShape(text);
}

function first<Element>(
  elements: readonly Element[],
  judge: (element: Element) => string | undefined,
): string | undefined {
  for (const element of elements) {
    const found = judge(element);
    if (found !== undefined) return found;
  }
  return undefined;
}
