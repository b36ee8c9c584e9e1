// Whoever uses this layer names FileDescriptor, Errno and FilePath all the
// time; they come with it.
@_exported import SystemPackage
