import { utf8 } from '../../crypto/bytes.ts';
import { formatPosition } from '../../domain/feed.ts';
import type { TailPiece } from './tail.ts';

/** Server-sent events (WHATWG HTML §9.2) of entries, and of the checkpoint that covers them. */
export function recordsEvent({ text, head }: TailPiece, checkpoint: string): Uint8Array {
  const position = formatPosition(head);
  return utf8(
    `event: records\ndata: [${text}]\n\nid: ${position}\nevent: checkpoint\ndata: ${checkpoint}\n\n`,
  );
}

/** The event of a checkpoint alone. */
export function checkpointEvent(head: TailPiece['head'], checkpoint: string): Uint8Array {
  return utf8(`id: ${formatPosition(head)}\nevent: checkpoint\ndata: ${checkpoint}\n\n`);
}
