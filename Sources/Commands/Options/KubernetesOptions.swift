import ArgumentParser

/// The options by which kubectl is told which cluster to talk to.
struct KubernetesOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A kubeconfig file. Default: KUBECONFIG, else ~/.kube/config, else the pod's account.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The context in it. Default: its current one.", valueName: "name"))
    var context: String?
}
