/** Stops what this process started before it ends, whatever ends it (short of SIGKILL). */

/** Something that must not outlive this process. Both ways of stopping bear repetition. */
export interface StoppedOnExit {
  /** Stops it, and resolves when it is gone. */
  stop(): Promise<void>;
  /** Stops it from an `exit` listener, where nothing asynchronous runs any more. */
  stopNow(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const registered = new Set<StoppedOnExit>();

/** Registers `subject` until the returned function is called. */
export function stopOnExit(subject: StoppedOnExit): () => void {
  if (registered.size === 0) {
    process.on('exit', stopAllNow);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  registered.add(subject);
  return () => forget(subject);
}

function forget(subject: StoppedOnExit): void {
  if (!registered.delete(subject) || registered.size > 0) return;
  process.off('exit', stopAllNow);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function stopAllNow(): void {
  for (const subject of registered) subject.stopNow();
}

function onSignal(signal: NodeJS.Signals): void {
  // Another listener means that the application ends itself in its own order, and this comes last:
  // in an `exit` listener, or here again when the application has raised the signal anew.
  if (process.listenerCount(signal) > 1) return;
  void endBy(signal);
}

async function endBy(signal: NodeJS.Signals): Promise<void> {
  await Promise.allSettled([...registered].map((subject) => subject.stop()));
  // With the last one this listener goes, and the signal has its usual effect again.
  for (const subject of [...registered]) forget(subject);
  process.kill(process.pid, signal);
}
