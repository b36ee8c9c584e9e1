import Glibc
import SystemPackage

extension FilePath {
  /// The same file without symbolic links in its name; realpath(3). One that
  /// cannot be followed stays as it is.
  public func resolvingLinks() -> FilePath {
    guard let whole = withPlatformString({ realpath($0, nil) }) else { return self }
    defer { free(whole) }
    return FilePath(platformString: whole)
  }
}
