/* Which system-call interface this is, for ld.so and debuggers: the release of uname(2), 6.12.0. */
	.section .note.Linux, "a", @note
	.balign	4
	.long	6, 4, 0
	.asciz	"Linux"
	.balign	4
	.long	6 << 16 | 12 << 8 | 0
	.section .note.GNU-stack, "", @progbits
