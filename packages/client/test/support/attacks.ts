/** What a page of another site tries with the session of whoever looks at it. Runs in the page. */
export async function attack(at: string): Promise<string[]> {
  const read: string[] = [];
  const trying: Promise<unknown>[] = [];
  const credentials = 'include' as const;

  for (const [path, method] of [
    ['/auth/session', 'GET'],
    ['/auth/sessions', 'GET'],
    ['/api/me', 'GET'],
    ['/auth/sign-out', 'POST'],
    ['/auth/refresh', 'POST'],
    ['/auth/sessions', 'DELETE'],
    ['/api/me', 'POST'],
  ] as const) {
    for (const init of [
      { method, credentials },
      { method, credentials, headers: { 'x-ww-csrf': 'guessed', 'content-type': 'application/json' } },
      ...(method === 'DELETE' ? [] : [{ method, credentials, mode: 'no-cors' as const }]),
    ]) {
      trying.push(
        fetch(at + path, init).then(
          async (response) => read.push(`${path}: ${response.status}${await response.text()}`),
          () => read.push('nothing'),
        ),
      );
    }
  }
  for (const path of ['/auth/sign-out', '/auth/refresh']) {
    navigator.sendBeacon(at + path, new Blob(['{}'], { type: 'text/plain' }));
  }

  for (const path of ['/auth/sign-out', '/auth/refresh', '/auth/session', '/api/me']) {
    for (const name of ['img', 'script', 'iframe'] as const) {
      const element = document.createElement(name);
      trying.push(
        new Promise((resolve) => {
          element.addEventListener('load', resolve);
          element.addEventListener('error', resolve);
        }),
      );
      element.src = at + path;
      document.body.append(element);
    }
  }

  const socket = new WebSocket(`${at.replace('http', 'ws')}/socket`);
  trying.push(
    new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(read.push('a socket that is open')));
      socket.addEventListener('error', resolve);
    }),
  );
  await Promise.all(trying);

  for (const frame of document.querySelectorAll('iframe')) {
    if (frame.contentDocument !== null) read.push(`a frame: ${frame.contentDocument.body.innerText}`);
  }
  read.push(document.cookie);
  // An answer that script may not look into has the status 0 and no body.
  return read.filter((text) => !/^(?:nothing|.*: 0)?$/.test(text));
}

/** Sends forms in all the ways that need no permission, each into a frame or a page of its own, and says how many. Runs in the page. */
export function sendForms({ at, paths, isFramed }: FormAttack): number {
  const ways = [
    ['get', ''],
    ['post', 'application/x-www-form-urlencoded'],
    ['post', 'multipart/form-data'],
    ['post', 'text/plain'],
  ] as const;
  for (const path of paths) {
    for (const [method, enctype] of ways) {
      const form = document.createElement('form');
      const frame = document.createElement('iframe');
      frame.name = `${method} ${enctype} ${path}`;
      if (isFramed) document.body.append(frame);
      Object.assign(form, { method, enctype, target: isFramed ? frame.name : '_blank', action: at + path });
      const input = document.createElement('input');
      // Of type text/plain this is JSON.
      Object.assign(input, {
        name: '{"email":"mallory@example.com","password":"mallory mallory","x":"',
        value: '"}',
      });
      form.append(input);
      document.body.append(form);
      form.submit();
    }
  }
  return paths.length * ways.length;
}

interface FormAttack {
  readonly at: string;
  readonly paths: readonly string[];
  /** Or each in a page of its own, to which cookies are sent that are `SameSite=Lax`, if the method is safe. */
  readonly isFramed: boolean;
}
