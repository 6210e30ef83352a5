/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_MAIN_H
#define CLI_MAIN_H
/*
 * Where every program but the dispatcher begins: finds the command that it was
 * called by the name of, among those that COMMAND_MAIN put into it.
 */
int	main(int argc, char **argv);
#endif
