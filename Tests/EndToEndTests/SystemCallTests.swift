import ChatPosix
import Glibc
import Harness
import Testing

/// What the filter of each role makes of every system call, by the program
/// `contained`, against docs/system-calls.md.
@Suite(.enabled(if: !Containment.missingLayers().contains(.calls), "no system call filters here"))
struct SystemCallTests {
  /// The newest that the table was written for; containment-calls.c.
  private static let newest: UInt64 = 450
  private static let x32: UInt64 = 0x4000_0000
  #if arch(x86_64)
    /// They pass every filter; docs/system-calls.md.
    private static let unfiltered: [UInt64] = [335, 336]
  #else
    private static let unfiltered: [UInt64] = []
  #endif

  @Test(
    "each role may make the listed calls and no others, whatever the number",
    arguments: SystemCallRole.allCases)
  func everyNumber(role: SystemCallRole) throws {
    try Stage.run { stage in
      let page = try SystemCallPage()
      let numbers = try page.numbers(stage)
      let all = (0...1023).filter { !Self.unfiltered.contains($0) }
      let answers = try ask(
        stage, role, all.map { Call($0, numbers.names[$0].map(Self.sample) ?? []) })
      for (number, answer) in zip(all, answers) {
        let name = numbers.names[number]
        let isListed = page.rows.contains { $0.name == name && $0.roles.contains(role) }
        let expected = isListed ? "allowed" : number > Self.newest ? "ENOSYS" : "EPERM"
        #expect(answer == expected, "\(name ?? "call") \(number)")
      }
    }
  }

  /// Arguments that a call is allowed with, where zeros are not.
  private static func sample(_ name: String) -> [String] {
    switch name {
    case "fcntl": ["0", "\(F_GETFL)"]
    case "ioctl": ["0", "\(TCGETS)"]
    case "kill": ["0", "\(SIGTSTP)"]
    case "tgkill": ["self"]
    case "setsockopt": ["0", "\(SOL_SOCKET)", "\(SO_LINGER)"]
    default: []
    }
  }

  @Test(
    "what the page says is judged is judged, and nothing else", arguments: SystemCallRole.allCases)
  func whatIsJudged(role: SystemCallRole) throws {
    try Stage.run { stage in
      let page = try SystemCallPage()
      let numbers = try page.numbers(stage)
      let rows = page.rows.filter { $0.roles.contains(role) && numbers.byName[$0.name] != nil }
      let answers = try ask(
        stage, role,
        rows.compactMap { row in
          numbers.byName[row.name].map { Call($0, Array(repeating: "\(UInt64.max)", count: 5)) }
        })
      for (row, answer) in zip(rows, answers) {
        #expect(answer == (row.isJudged ? "EPERM" : "allowed"), "\(row.name)")
      }
    }
  }

  @Test("the page and the table name the same calls")
  func sameCalls() throws {
    try Stage.run { stage in
      let page = try SystemCallPage()
      #expect(Set(page.rows.map(\.name)).count == page.rows.count)
      #if arch(x86_64)
        let here = Set(page.rows.map(\.name))
      #else
        let here = Set(page.rows.filter { !$0.isOld }.map(\.name))
      #endif
      #expect(try Set(page.numbers(stage).byName.keys) == here)
    }
  }

  private static let arm = "/usr/aarch64-linux-gnu/include"

  @Test(
    "on aarch64 the kernel's headers have the same calls, but for the older ones",
    .enabled(if: access(arm, R_OK) == 0, "linux-libc-dev-arm64-cross is not installed"))
  func aarch64() throws {
    let header = try #require(SmallFile.read("\(Self.arm)/asm-generic/unistd.h"))
    let names = Set(
      header.split(separator: "\n").filter { $0.hasPrefix("#define __NR_") }
        .compactMap { $0.dropFirst(13).split(separator: " ").first.map(String.init) })
    for row in try SystemCallPage().rows {
      #expect(names.contains(row.name) == !row.isOld, "\(row.name)")
    }
    #expect(header.contains("#define __NR_set_mempolicy_home_node \(Self.newest)\n"))
    let audit = try #require(SmallFile.read("\(Self.arm)/linux/audit.h"))
    #expect(audit.contains("#define AUDIT_ARCH_AARCH64\t"))
  }

  @Test(
    "x32 and int 0x80 are other doors to the same calls, and shut",
    arguments: SystemCallRole.allCases)
  func otherDoors(role: SystemCallRole) throws {
    try Stage.run { stage in
      let numbers = (0...1023).map { Self.x32 + $0 } + [.init(UInt32.max) - 1]
      #expect(try Set(ask(stage, role, numbers.map { Call($0) })) == ["EPERM"])
      #expect(try ask(stage, role, [Call(Self.x32 - 1)]) == ["ENOSYS"])
      #if arch(x86_64)
        // A kernel without 32-bit programs kills for it; as good.
        let probe = try start(stage, role, ["int80"])
        if case .exited = try probe.exitOutcome() { #expect(probe.outputText == "EPERM\n") }
      #endif
    }
  }

  @Test("arguments that would reach further are denied, whatever stands beside them")
  func arguments() throws {
    try Stage.run { stage in
      let page = try SystemCallPage()
      let numbers = try page.numbers(stage).byName
      for role in SystemCallRole.allCases {
        for (name, cases) in Self.judged {
          // Who may not make the call at all is `everyNumber`'s.
          let row = try #require(page.rows.first { $0.name == name })
          guard row.roles.contains(role) else { continue }
          let number = try #require(numbers[name])
          let answers = try ask(stage, role, cases.map { Call(number, $0.arguments) })
          for (one, answer) in zip(cases, answers) {
            let isAllowed = one.roles.contains(role)
            #expect(
              answer == (isAllowed ? "allowed" : "EPERM"), "\(role): \(name) \(one.arguments)")
          }
        }
      }
    }
  }

  private struct Judged {
    var arguments: [String]
    var roles: Set<SystemCallRole>

    static func denied(_ arguments: any BinaryInteger...) -> Judged {
      Judged(arguments: arguments.map { "\($0)" }, roles: [])
    }

    static func allowed(
      _ arguments: any BinaryInteger...,
      to roles: Set<SystemCallRole> = Set(SystemCallRole.allCases)
    )
      -> Judged
    {
      Judged(arguments: arguments.map { "\($0)" }, roles: roles)
    }
  }

  private static let high: UInt64 = 1 << 32

  private static let anonymous = UInt64(MAP_PRIVATE | MAP_ANONYMOUS)
  private static let shared = UInt64(MAP_SHARED)
  private static let readWrite = UInt64(PROT_READ | PROT_WRITE)
  private static let makeFile = UInt64(O_RDWR | O_CREAT)

  /// The numbers are those of x86_64 and aarch64 alike, from the kernel's
  /// asm-generic headers; Swift's Glibc does not show them all.
  private static var judged: [(String, [Judged])] {
    terminalRequests + descriptorCommands + memory + [
      (
        "sendto",
        [.allowed(0, 1, 1, UInt64.max, 0), .denied(0, 0, 0, 0, 1), .denied(0, 0, 0, 0, high)]
      ),
      // SO_ATTACH_FILTER, SO_BINDTODEVICE, and the right name on other levels.
      (
        "setsockopt",
        [(1, 9), (6, 1), (6, 4), (6, 5), (6, 6), (6, 18), (0, 11), (41, 25)].map {
          (level: UInt64, name: UInt64) in .allowed(0, level, name, to: [.dialer])
        } + [.allowed(0, 1, 13)]
      ),
      ("setsockopt", [.denied(0, 1, 26), .denied(0, 1, 25), .denied(0, 6, 13), .denied(0, 0, 13)]),
      (
        "kill",
        [.denied(0, 9), .denied(0, 15), .denied(0, 0), .denied(1, 20), .denied(UInt64.max, 20)]
      ),
      ("tgkill", [.denied(1, 1, 6), .denied(0, 0, 6), .denied(UInt64.max, 1, 6)]),
      (
        "prlimit64",
        [.allowed(0, 7, 0, 1), .denied(1, 7, 0, 1), .denied(0, 7, 1, 0), .denied(0, 7, high, 0)]
      ),
      (
        "fchmod",
        [.allowed(0, 0o600), .allowed(0, 0o666)]
          + [0o6755, 0o4600, 0o2600, 0o1600, 0o700, 0o610].map { (mode: UInt64) in .denied(0, mode)
          }
      ),
      (
        "openat",
        [
          .allowed(0, 0, UInt64(O_RDWR), 0o7777), .allowed(0, 0, makeFile, 0o600),
          .denied(0, 0, makeFile, 0o6755), .denied(0, 0, makeFile, 0o4600),
          .denied(0, 0, makeFile, 0o700),
          // O_ASYNC, O_PATH, __O_TMPFILE.
          .denied(0, 0, 0o20000), .denied(0, 0, 0o10_000_000), .denied(0, 0, 0o20_000_002, 0o600),
        ]
      ),
    ]
  }

  /// Every request of a terminal's, TIOCSTI and FIOASYNC among them, and
  /// FIOSETOWN and SIOCSPGRP of a socket's.
  private static var terminalRequests: [(String, [Judged])] {
    let modes: [UInt64] = [
      0x5401, 0x5402, 0x5403, 0x5413, 0x802c_542a, 0x402c_542b, 0x402c_542c,
    ]
    let others = (UInt64(0x5400)...0x54ff).filter { !modes.contains($0) } + [0x8901, 0x8902]
    return [("ioctl", modes.map { .allowed(0, $0) } + others.map { .denied(0, $0) })]
  }

  /// All commands of fcntl(2): F_DUPFD, F_SETOWN, F_SETSIG and F_SETOWN_EX from
  /// 0 on, F_SETLEASE, F_NOTIFY and others from 1024 on.
  private static var descriptorCommands: [(String, [Judged])] {
    let commands: [UInt64] = [1, 2, 3, 5, 6, 7]
    // F_OFD_…: locks that name no process, not for who has the transcript open.
    let unnamed: [UInt64] = [36, 37, 38]
    let others = (Array(UInt64(0)...64) + Array(1024...1050))
      .filter { $0 != 4 && !(commands + unnamed).contains($0) }
    let unrecorded = Set(SystemCallRole.allCases).subtracting([.conversation, .keeper])
    let flags: [Judged] = [
      .allowed(0, 4, UInt64(O_NONBLOCK)), .denied(0, 4, 0o20000),
      .denied(0, 4, UInt64(O_NONBLOCK) | 0o20000),
    ]
    return [
      (
        "fcntl",
        commands.map { .allowed(0, $0) } + unnamed.map { .allowed(0, $0, to: unrecorded) }
          + others.map { .denied(0, $0) } + flags
      )
    ]
  }

  private static var memory: [(String, [Judged])] {
    // MAP_GROWSDOWN, MAP_LOCKED, MAP_POPULATE, MAP_HUGETLB.
    let more: [UInt64] = [0x100, 0x2000, 0x8000, 0x40000]
    let executable: [UInt64] = [4, 5, 7]
    let database: Set<SystemCallRole> = [.conversation, .keeper]
    return [
      (
        "mmap",
        [
          .allowed(0, 1 << 30, readWrite, anonymous), .allowed(0, 4096, 0, anonymous | 0x4000),
          .allowed(0, 65536, readWrite, shared, to: database),
          .denied(0, 65537, readWrite, shared), .denied(0, high, readWrite, shared),
          .denied(0, 4096, readWrite, shared | UInt64(MAP_ANONYMOUS)),
          .denied(0, 4096, readWrite, shared | UInt64(MAP_PRIVATE)),
        ] + more.map { .denied(0, 4096, readWrite, anonymous | $0) }
          + executable.map { .denied(0, 4096, $0, anonymous) }
          + executable.map { .denied(0, 4096, $0, shared) }
      ),
      (
        "mprotect",
        [.allowed(0, 0, readWrite), .denied(0, 0, 0x100_0000)]
          + executable.map { .denied(0, 0, $0) }
      ),
    ]
  }

  // MARK: Asking

  private struct Call {
    var line: String

    init(_ number: UInt64, _ arguments: [String] = []) {
      line = (["\(number)"] + arguments).joined(separator: " ")
    }
  }

  private func ask(_ stage: Stage, _ role: SystemCallRole, _ calls: [Call]) throws -> [String] {
    let probe = try start(stage, role, calls.map(\.line))
    #expect(try probe.exitStatus() == 0, "\(probe.evidence)")
    let answers = probe.outputText.split(separator: "\n").map(String.init)
    try #require(answers.count == calls.count)
    return answers
  }

  private func start(_ stage: Stage, _ role: SystemCallRole, _ lines: [String]) throws
    -> PipeProcess
  {
    let probe = try stage.onPipes(.contained, ["\(role)", stage.home])
    try probe.send(lines.map { $0 + "\n" }.joined())
    probe.closeInput()
    return probe
  }
}
