/** Tells the parent process how long this one's event loop has been busy; also preloaded into programs. */

process.on('message', () => process.send?.({ busyMs: performance.eventLoopUtilization().active }));
// Without its parent a server has no purpose.
process.on('disconnect', () => process.exit(0));
