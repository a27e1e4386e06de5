import type { StreamingBody } from '../../http/index.ts';

/**
 * A body that is written while it is read, until either side ends it. It begins when it is first read, so that an answer which nobody
 * sends holds nothing; what was not read yet counts as waiting.
 */
export function streamWeb(body: StreamingBody, signal: AbortSignal): ReadableStream<Uint8Array> {
  let isOpen = false;
  let isOver = false;
  let isEnding = false;
  let onDrained: (() => void) | undefined;
  let closed = (): void => undefined;
  let gone = (): void => undefined;

  const leave = (): void => {
    if (isOver) return;
    isOver = true;
    signal.removeEventListener('abort', gone);
    closed();
  };

  function open(controller: ReadableStreamDefaultController<Uint8Array>): void {
    isOpen = true;
    const close = (): void => {
      controller.close();
      leave();
    };
    // Who has gone is told nothing more, be it an error: servers would log it.
    gone = () => {
      if (!isOver) close();
    };
    if (signal.aborted) return gone();
    signal.addEventListener('abort', gone);
    const waiting = (): number => 0 - (controller.desiredSize ?? 0);
    closed = body.open({
      write(bytes) {
        if (isOver || isEnding) return 0;
        controller.enqueue(bytes);
        return waiting();
      },
      onceDrained(listener) {
        if (isOver || waiting() === 0) listener();
        else onDrained = listener;
      },
      end() {
        if (isOver) return;
        if (waiting() === 0) close();
        else {
          isEnding = true;
          onDrained = close;
        }
      },
      abort() {
        if (isOver) return;
        controller.error(new Error('The answer was broken off.'));
        leave();
      },
    });
  }

  return new ReadableStream<Uint8Array>(
    {
      // Called when somebody waits for more than there is.
      pull(controller) {
        if (!isOpen) return open(controller);
        const listener = onDrained;
        onDrained = undefined;
        listener?.();
      },
      cancel: leave,
    },
    // Nothing is taken in before it is asked for.
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
}
