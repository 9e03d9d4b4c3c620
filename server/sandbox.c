/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- privileges ---- */

static tb_err find_user(const char *user, struct passwd **out, tb_why *why)
{
	errno = 0;
	/* cppcheck-suppress getpwnamCalled ; before any thread */
	*out = getpwnam(user);
	if (*out == NULL) {
		tb_why_set(why, "user %s: %s", user, errno != 0 ? strerror(errno) : "no such user");
		return TB_ERR_NOT_FOUND;
	}
	return TB_OK;
}

tb_err tb_privileges_make_folder(const char *user, const char *path, tb_why *why)
{
	struct passwd *who;
	tb_err err = find_user(user, &who, why);

	if (err != TB_OK || geteuid() != 0)
		return err;
	if (mkdir(path, 0700) != 0) {
		if (errno == EEXIST)
			return TB_OK; /* whose it is was somebody's decision */
		tb_why_set(why, "%s: %s", path, strerror(errno));
		return TB_ERR_IO;
	}
	if (chown(path, who->pw_uid, who->pw_gid) != 0) {
		tb_why_set(why, "%s: %s", path, strerror(errno));
		return TB_ERR_IO;
	}
	return TB_OK;
}

tb_err tb_privileges_drop(const char *user, tb_why *why)
{
	struct passwd *who;
	tb_err err = find_user(user, &who, why);

	if (err != TB_OK)
		return err;
	if (geteuid() != 0) {
		if (who->pw_uid == geteuid())
			return TB_OK;
		tb_why_set(why, "user %s: only root can become another user", user);
		return TB_ERR_STATE;
	}
	/* Groups first: afterwards nobody may. */
	if (initgroups(user, who->pw_gid) != 0 || setresgid(who->pw_gid, who->pw_gid, who->pw_gid) != 0 ||
		setresuid(who->pw_uid, who->pw_uid, who->pw_uid) != 0) {
		tb_why_set(why, "user %s: %s", user, strerror(errno));
		return TB_ERR_IO;
	}
	/* The change made the memory readable again (core/base/process.h). */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (who->pw_uid != 0 && setuid(0) == 0) {
		tb_why_set(why, "user %s: the way back to root is still open", user);
		return TB_ERR_STATE;
	}
	return TB_OK;
}

/* ---- files ---- */

#define READ_ACCESS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_ACCESS                                                                                         \
	(READ_ACCESS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |                      \
		LANDLOCK_ACCESS_FS_MAKE_REG)
#define ALL_ACCESS                                                                                           \
	(WRITE_ACCESS | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                         \
		LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK |  \
		LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

static bool allow(int rules, const char *path, uint64_t access)
{
	const int place = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr beneath = {.allowed_access = access, .parent_fd = place};
	bool ok;

	if (place < 0)
		return errno == ENOENT;
	ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
	(void)close(place);
	return ok;
}

static bool restrict_files(const tb_sandbox *s)
{
	struct landlock_ruleset_attr all = {.handled_access_fs = ALL_ACCESS};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	bool ok = rules >= 0;

	for (size_t i = 0; ok && i < s->num_writable; i++)
		ok = allow(rules, s->writable[i], WRITE_ACCESS);
	for (size_t i = 0; ok && i < s->num_readable; i++)
		ok = allow(rules, s->readable[i], READ_ACCESS);
#ifdef __SANITIZE_ADDRESS__
	ok = ok && allow(rules, "/proc", READ_ACCESS); /* the leak checker looks at its own process */
#endif
	ok = ok && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	if (rules >= 0)
		(void)close(rules);
	return ok;
}

/* ---- system calls ---- */

/* Names with blanks in between. */
static const char allowed[] =
	/* files: the database, the certificate, the side files */
	" read write readv writev pread64 pwrite64 open openat close stat fstat lstat newfstatat fstatat64 "
	"statx"
	" lseek _llseek access faccessat faccessat2 fcntl fcntl64 flock fsync fdatasync ftruncate ftruncate64"
	" fallocate unlink unlinkat rename renameat renameat2 link linkat getdents64 readlink readlinkat "
	"fchmod"
	" umask getcwd fadvise64"
	/* memory */
	" brk munmap mremap madvise mlock munlock"
	/* threads, time, randomness */
	" futex clone clone3 exit exit_group set_robust_list rseq gettid getpid getuid geteuid getgid getegid"
	" sched_yield sched_getaffinity rt_sigaction rt_sigprocmask rt_sigreturn rt_sigtimedwait sigaltstack"
	" tgkill clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time getrandom "
	"restart_syscall"
	" uname sysinfo getrlimit prlimit64 getrusage"
	/* connections that come: none is made from here */
	" accept accept4 shutdown recvfrom recvmsg sendto sendmsg sendfile getsockopt setsockopt getsockname"
	" getpeername epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd2 pipe2 poll ppoll "
	"select"
	" pselect6"
#ifdef __SANITIZE_ADDRESS__
	" ptrace wait4 prctl process_vm_readv getppid"
#endif
	;
/* Nobody calls these by mistake: whoever does is not the server any more. */
static const char deadly[] =
	" execve execveat process_vm_writev kexec_load init_module finit_module bpf userfaultfd mount"
	" setuid setresuid";

static bool add_all(scmp_filter_ctx filter, uint32_t action, const char *names)
{
	char name[40];
	bool ok = true;

	while (ok && *names != '\0') {
		size_t len = strcspn(++names, " ");
		int number;

		TB_REQUIRE(len > 0 && len < sizeof name);
		memcpy(name, names, len);
		name[len] = '\0';
		names += len;
		number = seccomp_syscall_resolve_name(name);
		/* A call that this machine does not have cannot be made. */
		ok = number == __NR_SCMP_ERROR || seccomp_rule_add(filter, action, number, 0) == 0;
	}
	return ok;
}

/* Memory yes, code no. */
static bool add_memory(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
		       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
		       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static bool restrict_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool ok = filter != NULL;

	ok = ok && add_all(filter, SCMP_ACT_ALLOW, allowed) && add_all(filter, SCMP_ACT_KILL_PROCESS, deadly);
	ok = ok && add_memory(filter) && seccomp_load(filter) == 0;
	if (filter != NULL)
		seccomp_release(filter);
	return ok;
}

void tb_sandbox_enter(const tb_sandbox *s, tb_sandbox_state *state)
{
	*state = (tb_sandbox_state){false, false};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return;
	state->has_landlock = restrict_files(s);
	state->has_seccomp = restrict_calls();
}
