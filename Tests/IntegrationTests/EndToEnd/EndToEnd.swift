import LabSupport
import Testing

/// The provisioner's executable against a real Ceph cluster and a real kube-apiserver. One test at a time: each loads
/// both labs as hard as it can.
@Suite("End to end", .serialized, .needsCeph, .needsKubernetes)
enum EndToEnd {}
