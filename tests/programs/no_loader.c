/* SPDX-License-Identifier: MIT
 *
 * Linked so that it names an ELF loader that does not exist: execve(2) of it is ENOENT.
 */
int main(void) { return 0; }
