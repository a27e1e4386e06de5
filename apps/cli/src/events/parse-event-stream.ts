/** An event of a stream, as `text/event-stream` of the HTML standard has it. */
export interface StreamEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** Takes a stream apart, however its chunks are cut. What is neither id, type nor data is left out. */
export async function* parseEventStream(chunks: AsyncIterable<string>): AsyncGenerator<StreamEvent> {
  let fields = { id: '', type: '', data: [] as string[] };
  for await (const line of linesOf(chunks)) {
    if (line === '') {
      if (fields.data.length > 0) {
        yield { id: fields.id, type: fields.type, data: fields.data.join('\n') };
      }
      fields = { id: fields.id, type: '', data: [] };
      continue;
    }
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'id') fields.id = value;
    else if (name === 'event') fields.type = value;
    else if (name === 'data') fields.data.push(value);
  }
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    rest += chunk;
    // A CR at the end may be half of a CRLF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
