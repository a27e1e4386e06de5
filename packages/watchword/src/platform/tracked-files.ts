import { spawn } from 'node:child_process';

/** A start-up that a huge repository would hold up longer goes on without the answer. */
const PATIENCE_MS = 300;

/** Runs nothing that the repository configures, fetches nothing, and searches no submodules. */
const GREP = ['-c', 'core.fsmonitor=false', '-c', 'grep.fallbackToNoIndex=false', 'grep'].concat([
  '--no-recurse-submodules',
  '--no-color',
  '--full-name',
  '--files-with-matches',
  '--null',
  '--fixed-strings',
]);

/**
 * The path, from the top of the repository, of a file that git tracks and that holds the text; `undefined` if there is none, no
 * repository around the working directory, no git, or no answer in time. The text goes to git by standard input, where no list of
 * processes shows it, and git gets no environment in which other secrets may be.
 */
export function findTrackedFile(text: string, patienceMs = PATIENCE_MS): Promise<string | undefined> {
  return new Promise((resolve) => {
    const git = spawn('git', [...GREP, '-f', '-', '--', ':/'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: gitEnvironment(),
      timeout: patienceMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    git.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece));
    git.once('error', () => resolve(undefined));
    // Also when it was ended half-way: what it has found by then stands there.
    git.once('close', () =>
      resolve(output.includes('\0') ? output.slice(0, output.indexOf('\0')) : undefined),
    );
    git.stdin.on('error', () => {
      // Where there is no repository, git has ended before it read anything.
    });
    git.stdin.end(`${text}\n`);
  });
}

function gitEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, SystemRoot } = process.env;
  return {
    ...(PATH !== undefined && { PATH }),
    ...(HOME !== undefined && { HOME }),
    ...(SystemRoot !== undefined && { SystemRoot }),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
}
