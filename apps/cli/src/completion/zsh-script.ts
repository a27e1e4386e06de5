import { everyNode, type CommandNode, type OptionNode } from './command-tree.ts';
import { quote } from './quote.ts';

/** For zsh: evaluated, or as the file `_watchword` in a folder of `fpath`. */
export function zshScript(tree: CommandNode): string {
  const nodes = everyNode(tree);
  const places = nodes.slice(1).map(({ place }) => quote(place));
  return `#compdef watchword
# watchword for zsh: put this into ~/.zshrc, below compinit
#   eval "$(watchword completion zsh)"
_watchword() {
  local place='' index
  local -a commands options choices
  for ((index = 2; index < CURRENT; index++)); do
    case "$place/\${words[index]}" in
      ${places.join(' | ')})
        place="$place/\${words[index]}" ;;
    esac
  done
  case "$place \${words[CURRENT - 1]}" in
${nodes.flatMap(valueCases).join('\n')}
  esac
  case "$place" in
${nodes.map(wordsCase).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe option options
  elif (( \${#commands} )); then
    _describe command commands
  else
    _files
  fi
}
if [[ \${funcstack[1]} == _watchword ]]; then
  _watchword "$@"
else
  compdef _watchword watchword
fi
`;
}

function valueCases({ place, options }: CommandNode): readonly string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ flags, choices }) => {
      const pattern = flags.map((flag) => quote(`${place} ${flag}`)).join(' | ');
      const reply =
        choices.length === 0
          ? '_files'
          : `choices=(${choices.map(quote).join(' ')}); _describe value choices`;
      return `    ${pattern}) ${reply}; return ;;`;
    });
}

function wordsCase({ place, commands, options }: CommandNode): string {
  const named = commands.map(({ name, description }) => described(name, description));
  const flagged = options.flatMap((option: OptionNode) =>
    option.flags.map((flag) => described(flag, option.description)),
  );
  return `    ${quote(place)}) commands=(${named.join(' ')}); options=(${flagged.join(' ')}) ;;`;
}

/** A colon ends the word. */
function described(word: string, description: string): string {
  return quote(`${word.replaceAll(':', String.raw`\:`)}:${description}`);
}
