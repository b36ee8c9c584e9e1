import Glibc
import SystemPackage

extension FileNames {
  /// The name behind the links that `path` is: the same file, or the one that
  /// opening `path` would create. Links on the way to the last component stay,
  /// and what lies in /proc, whose links lead to more than files. readlink(2).
  ///
  /// - Throws: ``SystemCallError``: `ELOOP` after 40 links, as many as the
  ///   kernel follows (path_resolution(7)).
  public static func followingLinks(_ path: FilePath) throws(SystemCallError) -> FilePath {
    var path = path
    for _ in 0..<40 {
      let directory = path.removingLastComponent()
      // Also by the name /dev/fd.
      if directory.resolvingLinks().starts(with: "/proc") { return path }
      guard let target = contents(ofLink: path) else { return path }
      path = directory.pushing(target)
    }
    throw SystemCallError(call: "readlink", errno: .tooManySymbolicLinkLevels)
  }

  /// The name that the link `path` says; `path` itself when it is not one. readlink(2).
  public static func followingOneLink(_ path: FilePath) -> FilePath {
    contents(ofLink: path).map { path.removingLastComponent().pushing($0) } ?? path
  }

  /// What a link says; `nil` for what is not one.
  private static func contents(ofLink path: FilePath) -> FilePath? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = path.withPlatformString { readlink($0, &bytes, bytes.count - 1) }
    // The zeros behind it end it.
    return count > 0 ? FilePath(platformString: bytes) : nil
  }
}

extension FilePath {
  /// The same file without symbolic links in its name; realpath(3). One that
  /// cannot be followed stays as it is.
  public func resolvingLinks() -> FilePath { real ?? self }

  private var real: FilePath? {
    guard let whole = withPlatformString({ realpath($0, nil) }) else { return nil }
    defer { free(whole) }
    return FilePath(platformString: whole)
  }

  /// ``resolvingLinks()`` as far as there is something; what is yet to be made
  /// follows as it is written.
  public func resolvingWhatIsThere() -> FilePath {
    var path = isEmpty ? "." : self
    var missing: [FilePath.Component] = []
    while true {
      if let whole = path.real {
        return missing.reversed().reduce(whole) { $0.appending($1) }.lexicallyNormalized()
      }
      guard let name = path.lastComponent else { return self }
      missing.append(name)
      path.removeLastComponent()
      if path.isEmpty { path = "." }
    }
  }

  /// ``resolvingLinks()``, of a file that need not exist: its directory's links are
  /// followed then.
  public func resolvingDirectory() -> FilePath {
    let whole = resolvingLinks()
    guard whole == self, let name = lastComponent else { return whole }
    let directory = removingLastComponent()
    return (directory.isEmpty ? "." : directory).resolvingLinks().appending(name)
  }
}
