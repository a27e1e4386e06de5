/** Cookies belong to the browser, not to a tab: when one tab changes them, the others ask the server anew. */
export function createOtherTabs(onChange) {
  if (typeof BroadcastChannel === 'undefined') return { tell() {} };
  const channel = new BroadcastChannel('watchword');
  channel.addEventListener('message', () => onChange());
  return {
    tell() {
      channel.postMessage('look again');
    },
  };
}
