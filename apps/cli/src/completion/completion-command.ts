import { Argument, type Command } from 'commander';
import { print, type Terminal } from '../terminal.ts';
import { bashScript } from './bash-script.ts';
import { commandTree, type CommandNode } from './command-tree.ts';
import { fishScript } from './fish-script.ts';
import { zshScript } from './zsh-script.ts';

export function addCompletionCommand(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which shell you use').choices(Object.keys(SCRIPTS)))
    .description('Print a script that lets the Tab key complete commands and options.')
    .addHelpText('after', EPILOGUE)
    .action(async (shell: keyof typeof SCRIPTS) => {
      await print(terminal.stdout, SCRIPTS[shell](commandTree(program)));
    });
}

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } satisfies Readonly<
  Record<string, (tree: CommandNode) => string>
>;

const EPILOGUE = `
Examples:
  $ eval "$(watchword completion bash)"      in ~/.bashrc
  $ eval "$(watchword completion zsh)"       in ~/.zshrc, below compinit
  $ watchword completion fish | source       in ~/.config/fish/config.fish`;
