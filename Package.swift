// swift-tools-version: 6.2
import PackageDescription

// Dependencies point down: a target may import what its line lists and
// nothing else. `make lint` builds with
// --explicit-target-dependency-import-check error, which makes that a rule.

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

// What a release takes as an archive where it would else get a shared library:
// Tools/link has a directory for each. CHAT_SHARED_SQLITE=1 in the environment
// leaves SQLite out, as a distribution wants it, which mends SQLite for all
// programs at once; CHAT_SHARED_OPENSSL=1 does so for OpenSSL.
let archives =
  ["stdc++"]
  + [("CHAT_SHARED_SQLITE", "sqlite3"), ("CHAT_SHARED_OPENSSL", "openssl")]
  .filter { Context.environment[$0.0] != "1" }.map { $0.1 }

// Most of a short run, `chatserve history` above all, is the loading of the
// program: of a shared SQLite and a shared C++ library 1600 and 1700 symbols are
// looked up at every start, and nobody needs the names that -static-stdlib makes
// a program export. See docs/performance.md.
let quickToLoad: [LinkerSetting] = [
  .unsafeFlags(
    ["-use-ld=lld", "-Xclang-linker", "-static-libgcc", "-Xlinker", "--no-export-dynamic"]
      + archives.map { "-L\(Context.packageDirectory)/Tools/link/\($0)" },
    .when(configuration: .release))
]

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: quickToLoad)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "chat",
  products: [
    .executable(name: "chatserve", targets: ["chatserve"]),
    .executable(name: "chatclient", targets: ["chatclient"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // C
    // Without pkg-config, whose -L would come before that of `quickToLoad`.
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CPosix"),
    .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    // OpenSSL's callbacks and the provider of keys that sign by asking.
    .target(name: "CSecure", dependencies: ["COpenSSL"]),

    // Layers, lowest first
    layer("ChatCore"),
    layer("ChatWire", ["ChatCore"]),
    .target(
      name: "Schema", path: "schema",
      resources: [.embedInCode("migration-001-transcript.sql")],
      swiftSettings: strict),
    layer("ChatPosix", ["CPosix", system]),
    layer("ChatDigest", ["COpenSSL"]),
    layer("Transcript", ["CSQLite", "ChatCore", "ChatDigest", "ChatPosix", "Schema"]),
    layer("ChatTerminal", ["ChatCore", "ChatPosix"]),
    layer("ChatLink", ["ChatCore", "ChatWire", "ChatPosix"]),
    layer(
      "ChatSecure", ["COpenSSL", "CSecure", "ChatCore", "ChatDigest", "ChatPosix", "ChatLink"]),
    layer("ChatProgram", ["ChatCore", "ChatPosix", "ChatSecure", "ChatTerminal", arguments]),
    layer(
      "ChatServer",
      [
        "ChatCore", "ChatWire", "ChatPosix", "ChatTerminal", "ChatLink", "ChatSecure", "Transcript",
        system,
      ]),
    layer(
      "History",
      [
        "ChatCore", "ChatDigest", "ChatPosix", "ChatProgram", "ChatSecure", "ChatServer",
        "ChatTerminal", "Transcript", arguments,
      ]),
    layer(
      "ChatClient",
      ["ChatCore", "ChatWire", "ChatPosix", "ChatTerminal", "ChatLink", "ChatSecure", system]),

    // Programs
    program(
      "chatserve",
      [
        "ChatCore", "ChatProgram", "ChatSecure", "ChatServer", "ChatPosix", "ChatTerminal",
        "ChatWire", "History", "Transcript", arguments,
      ]),
    program(
      "chatclient",
      [
        "ChatCore", "ChatProgram", "ChatClient", "ChatPosix", "ChatSecure", "ChatTerminal",
        "ChatWire", arguments,
      ]),

    // Tests
    .target(name: "Seeded", path: "Tests/Seeded", swiftSettings: strict),
    tests("ChatCoreTests", ["ChatCore", "Seeded"]),
    // What is said in each dialect, for the codec's suites and the link's.
    .target(
      name: "WireSamples", dependencies: ["ChatCore", "ChatWire", "Seeded"],
      path: "Tests/WireSamples", swiftSettings: strict),
    tests("ChatWireTests", ["ChatCore", "ChatWire", "Seeded", "WireSamples"]),
    tests(
      "ChatLinkTests",
      [
        "ChatCore", "ChatLink", "ChatPosix", "ChatSecure", "ChatWire", "Seeded", "WireSamples",
        system,
      ]),
    tests("ChatDigestTests", ["ChatDigest"]),
    tests("ChatSecureTests", ["COpenSSL", "ChatCore", "ChatDigest", "ChatSecure", "Seeded"]),
    tests(
      "ChatClientTests", ["ChatClient", "ChatCore", "ChatPosix", "ChatSecure", "Seeded", system]),
    tests("ChatPosixTests", ["ChatPosix", "CPosix", system]),
    tests("ChatProgramTests", ["ChatPosix", "ChatProgram", "Seeded", arguments]),
    tests("ChatTerminalTests", ["ChatCore", "ChatPosix", "ChatTerminal", "Harness", "Seeded"]),
    // What somebody does who may write the transcript.
    .target(
      name: "Relinking", dependencies: ["ChatDigest", "Transcript"], path: "Tests/Relinking",
      swiftSettings: strict),
    tests(
      "TranscriptTests",
      [
        "CSQLite", "ChatCore", "ChatDigest", "ChatPosix", "Harness", "Relinking", "Schema",
        "Transcript",
      ]),
    tests(
      "ChatServerTests",
      [
        "ChatCore", "ChatDigest", "ChatPosix", "ChatSecure", "ChatServer", "ChatTerminal", "Seeded",
        "Transcript",
      ]),
    // What end-to-end tests share: terminals, pipes, sockets, a screen.
    .target(
      name: "Harness", dependencies: ["ChatSecure", "ChatTerminal"], path: "Tests/Harness",
      swiftSettings: strict),
    tests(
      "HistoryTests",
      [
        "ChatCore", "ChatDigest", "ChatPosix", "ChatProgram", "ChatSecure", "ChatServer",
        "ChatTerminal", "CSQLite", "History", "Relinking", "Seeded", "Transcript",
      ]),
    tests(
      "EndToEndTests",
      [
        "Harness", "ChatCore", "ChatPosix", "ChatSecure", "CSQLite", "Relinking", "Seeded",
        "Transcript",
      ]),
    .target(
      name: "FuzzTargets",
      dependencies: ["ChatCore", "ChatSecure", "ChatWire", "ChatTerminal", "History"],
      path: "Tests/Fuzz/Targets", swiftSettings: strict),
    // SQLite's file system, with faults.
    .target(name: "FaultVFS", dependencies: ["CSQLite"], path: "Tests/TortureKit/FaultVFS"),
    // Another process's descriptors, as whoever took it over has them.
    .target(name: "TakeOver", path: "Tests/TortureKit/TakeOver"),
    .target(
      name: "TortureKit",
      dependencies: [
        "CSQLite", "ChatCore", "ChatPosix", "ChatServer", "FaultVFS", "FuzzTargets", "Harness",
        "Seeded", "TakeOver", "Transcript",
      ],
      path: "Tests/TortureKit/Kit", swiftSettings: strict),
    .executableTarget(
      name: "torture", dependencies: ["Harness", "Seeded", "TortureKit"], path: "Tests/Torture",
      swiftSettings: strict),
    tests("TortureTests", ["FuzzTargets", "Harness", "Seeded", "TortureKit"]),
    // What the filter of a contained process makes of each system call.
    .target(name: "CallProbe", path: "Tests/Contained/CallProbe"),
    .executableTarget(
      name: "contained", dependencies: ["CallProbe", "ChatPosix", "CPosix"],
      path: "Tests/Contained/Program", swiftSettings: strict),
    // The programs in a real terminal program, tmux(1).
    tests("TerminalTests", ["Harness"]),
  ]
)
