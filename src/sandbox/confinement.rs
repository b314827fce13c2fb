//! Takes rights away from a thread and all that it starts: files and connections by Landlock (Linux 5.19 or later), all
//! system calls but a few by seccomp. Where the system has neither, nothing is taken away and limits alone hold.

/// What a confined thread may still do besides computing and using pipes that are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: it opens no file, connection or process.
    Nothing,
    /// It reads and writes files below its working folder, and starts this program.
    WorkingFolder,
    /// It reads any file, writes below its working folder, and starts programs.
    Reading,
}

/// What a system could take away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confinement {
    /// Files that the work does not need, and TCP connections where the kernel knows them.
    pub files: bool,
    /// All system calls that computing does not need; only of a thread that may do [`Access::Nothing`].
    pub calls: bool,
}

/// Confines the calling thread and those that it starts from now on, as far as the system can.
pub fn confine(access: Access) -> Confinement {
    #[cfg(target_os = "linux")]
    return linux::confine(access);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = access;
        Confinement::default()
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::PathBuf;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
        RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
    };
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch,
    };

    use super::{Access, Confinement};

    /// What the kernel needs for renames between folders; earlier ones would refuse them.
    const NEEDED: ABI = ABI::V2;
    /// The newest rights that are taken away where the kernel knows them.
    const KNOWN: ABI = ABI::V6;

    pub(super) fn confine(access: Access) -> Confinement {
        // A kernel without one of the three may have the others.
        let _ = rustix::thread::set_no_new_privs(true);
        let files = restrict_files(access).is_ok();
        let filter = (access == Access::Nothing).then(|| computing_only().ok()).flatten();
        let calls = filter.is_some_and(|filter| seccompiler::apply_filter(&filter).is_ok());
        Confinement { files, calls }
    }

    /// Denies files, TCP ports, and signals to other processes.
    fn restrict_files(access: Access) -> Result<(), RulesetError> {
        let rules = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(NEEDED))?
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(KNOWN))?
            .handle_access(AccessNet::from_all(KNOWN))?
            .scope(Scope::from_all(KNOWN))?
            .create()?;
        if access == Access::Nothing {
            return rules.restrict_self().map(drop);
        }
        let read: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::Execute;
        let rules = match access {
            Access::Reading => rules.add_rules(path_beneath_rules(["/"], read | AccessFs::ReadDir))?,
            Access::Nothing | Access::WorkingFolder => rules.add_rules(path_beneath_rules(program_files(), read))?,
        };
        let device: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::WriteFile;
        let rules = rules
            .add_rules(path_beneath_rules(["."], AccessFs::from_all(KNOWN)))?
            .add_rules(path_beneath_rules(["/dev/null"], device))?;
        rules.restrict_self().map(drop)
    }

    /// The files that this process was loaded from: the program, its libraries and their loader.
    fn program_files() -> BTreeSet<PathBuf> {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        maps.lines().filter_map(|line| Some(PathBuf::from(&line[line.find('/')?..]))).collect()
    }

    /// The filter that allows the system calls of a thread that computes, allocates and uses open pipes. Others fail as
    /// on a kernel that does not have them.
    fn computing_only() -> Result<BpfProgram, BackendError> {
        let allowed = [
            libc::SYS_brk,
            libc::SYS_clock_gettime,
            libc::SYS_close,
            libc::SYS_exit,
            libc::SYS_exit_group,
            libc::SYS_futex,
            libc::SYS_getpid,
            libc::SYS_getrandom,
            libc::SYS_gettid,
            libc::SYS_madvise,
            libc::SYS_mmap,
            libc::SYS_mprotect,
            libc::SYS_mremap,
            libc::SYS_munmap,
            libc::SYS_read,
            libc::SYS_restart_syscall,
            libc::SYS_rt_sigaction,
            libc::SYS_rt_sigprocmask,
            libc::SYS_rt_sigreturn,
            libc::SYS_sched_yield,
            libc::SYS_sigaltstack,
            libc::SYS_write,
            libc::SYS_writev,
        ];
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> = allowed.map(|call| (call, Vec::new())).into();
        // An abort sends a signal to its own process; limits are set for the own process, which is 0.
        for (call, process) in [(libc::SYS_tgkill, std::process::id()), (libc::SYS_prlimit64, 0)] {
            let own = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, process.into())?;
            rules.insert(call, vec![SeccompRule::new(vec![own])?]);
        }
        let refused = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
        let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
        SeccompFilter::new(rules, refused, SeccompAction::Allow, architecture)?.try_into()
    }
}
