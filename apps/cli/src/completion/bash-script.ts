import { everyNode, type CommandNode } from './command-tree.ts';
import { quote } from './quote.ts';

/** For bash 3.2 and newer, without the package bash-completion. */
export function bashScript(tree: CommandNode): string {
  const nodes = everyNode(tree);
  const places = nodes.slice(1).map(({ place }) => quote(place));
  const words = nodes.map(({ place, commands, options }) => {
    const all = [...commands.map(({ name }) => name), ...options.flatMap(({ flags }) => flags)];
    return `    ${quote(place)}) words=${quote(all.join(' '))} ;;`;
  });
  return `# watchword for bash: put this into ~/.bashrc
#   eval "$(watchword completion bash)"
_watchword() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local place='' words='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$place/\${COMP_WORDS[index]}" in
      ${places.join(' | ')})
        place="$place/\${COMP_WORDS[index]}" ;;
    esac
  done
  case "$place $previous" in
${valueCases(nodes).join('\n')}
  esac
  case "$place" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _watchword watchword
`;
}

/** After an option that takes a value come its choices, or else files. */
function valueCases(nodes: readonly CommandNode[]): readonly string[] {
  return nodes.flatMap(({ place, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ flags, choices }) => {
        const pattern = flags.map((flag) => quote(`${place} ${flag}`)).join(' | ');
        const reply =
          choices.length === 0
            ? 'COMPREPLY=()'
            : `COMPREPLY=($(compgen -W ${quote(choices.join(' '))} -- "$current"))`;
        return `    ${pattern}) ${reply}; return ;;`;
      }),
  );
}
