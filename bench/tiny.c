/* SPDX-License-Identifier: MIT
 *
 * The smallest program that a C compiler makes: static, with its libc's own start and end.
 */
int main(void) { return 0; }
