import ArgumentParser

/// Whether to ask first, or only to look: the same on both verbs that delete.
struct DeletionOptions: ParsableArguments {
  @Flag(name: [.customShort("n"), .long], help: "Only list what would be deleted.")
  var dryRun = false

  @Flag(name: [.short, .long], help: "Do not ask.")
  var yes = false

  @OptionGroup var common: CommonOptions
}
