/** Token for every {@link CommandGroup} of the program, in the order in which help shows them. */
export const COMMAND_GROUPS = Symbol('COMMAND_GROUPS');
