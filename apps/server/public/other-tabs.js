/**
 * Cookies belong to the browser, not to a tab: when one tab changes them, the others ask the server anew. A tab that
 * knows how the session ended says so, because the server tells it nobody.
 */
export function createOtherTabs({ onChange, onEnding }) {
  if (typeof BroadcastChannel === 'undefined') return { tell() {} };
  const channel = new BroadcastChannel('watchword');
  channel.addEventListener('message', ({ data }) => {
    if (data !== null) onEnding(data);
    onChange();
  });
  return {
    tell(ending = null) {
      channel.postMessage(ending);
    },
  };
}
