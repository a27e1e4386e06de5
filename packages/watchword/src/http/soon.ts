/** What is there at once wherever it can be: nobody waits for a turn of the event loop without need. */
export type Soon<Value> = Value | Promise<Value>;

/** Goes on with a value: now if it is there, and else when it is. */
export function afterwards<Value, Next>(value: Soon<Value>, next: (value: Value) => Soon<Next>): Soon<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}
