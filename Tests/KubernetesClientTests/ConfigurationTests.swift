import KubernetesModel
import Testing
import Vocabulary

@testable import KubernetesClient

@Suite struct ConfigurationTests {
    private static let kubeconfig = """
        apiVersion: v1
        kind: Config
        current-context: lab
        clusters:
        - name: lab
          cluster: {server: "https://10.0.0.1:6443/base/", certificate-authority-data: Q0E=, tls-server-name: api.test}
        - name: plain
          cluster: {server: "http://[::1]:8080", proxy-url: "http://proxy:3128"}
        users:
        - name: admin
          user: {token: hunter2}
        contexts:
        - name: lab
          context: {cluster: lab, user: admin, namespace: ceph}
        - name: plain
          context: {cluster: plain}
        """

    private func text(_ redacted: Redacted<String>) -> String { redacted.reveal() }

    @Test func readsAContext() throws {
        let folder = try TestFolder()
        let file = try folder.write("config", Self.kubeconfig)
        let lab = try KubernetesConfiguration.load(kubeconfig: file)
        #expect(lab.server.description == "https://10.0.0.1:6443/base")
        #expect(lab.certificateAuthority == Array("CA".utf8))
        #expect(lab.tlsServerName == "api.test")
        #expect(lab.namespace == "ceph")
        #expect(lab.origin == "context \"lab\" of \(file)")
        guard case .token(let token) = lab.authentication.bearer else {
            Issue.record("no token")
            return
        }
        #expect(text(token) == "hunter2")
        #expect(!"\(lab)".contains("hunter2"))
        let plain = try KubernetesConfiguration.load(kubeconfig: file, context: "plain")
        #expect(plain.server.url(host: plain.server.host) == "http://[::1]:8080")
        #expect(plain.namespace == "default")
        #expect(plain.proxy?.host == "proxy" && plain.proxy?.port == 3128)
        guard case .none = plain.authentication.bearer else {
            Issue.record("credentials out of nowhere")
            return
        }
    }

    @Test func theFirstFileOfAListWins() throws {
        let folder = try TestFolder()
        let first = try folder.write(
            "first",
            """
            current-context: mine
            users: [{name: admin, user: {token: first}}]
            contexts: [{name: mine, context: {cluster: lab, user: admin}}]
            """)
        let second = try folder.write("second", Self.kubeconfig)
        let environment = ["KUBECONFIG": "\(folder.path)/missing:\(first):\(second)", "HOME": folder.path]
        let merged = try KubernetesConfiguration.load(environment: environment)
        #expect(merged.server.host == "10.0.0.1")
        guard case .token(let token) = merged.authentication.bearer else {
            Issue.record("no token")
            return
        }
        #expect(text(token) == "first")
        #expect(try KubernetesConfiguration.load(context: "lab", environment: environment).namespace == "ceph")
    }

    @Test func relativePathsStartAtTheirFile() throws {
        let folder = try TestFolder()
        try folder.write("ca.crt", "the CA")
        try folder.write("token", " secret\n")
        let file = try folder.write(
            "config",
            """
            current-context: c
            clusters: [{name: c, cluster: {server: "host:6443", certificate-authority: ca.crt}}]
            users: [{name: u, user: {tokenFile: token}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            """)
        let configuration = try KubernetesConfiguration.load(kubeconfig: file)
        #expect(configuration.certificateAuthority == Array("the CA".utf8))
        #expect(configuration.server.description == "https://host:6443")
        guard case .file(let path) = configuration.authentication.bearer else {
            Issue.record("no token file")
            return
        }
        #expect(path == "\(folder.path)/token")
    }

    /// A cluster, a user, and the part of the message that names what is wrong.
    static let mistakes: [(cluster: String, user: String, message: String)] = [
        ("{}", "{}", "clusters[c].cluster.server: is missing"),
        ("{server: 'ftp://x'}", "{}", "clusters[c].cluster.server: is no http or https URL"),
        ("{server: 'https://user:pw@x'}", "{}", "clusters[c].cluster.server"),
        ("{server: x, certificate-authority-data: '%%'}", "{}", "certificate-authority-data: is not base64"),
        ("{server: x, certificate-authority: /nowhere/ca}", "{}", "certificate-authority: /nowhere/ca: does not exist"),
        ("{server: x, certificate-authority-data: Q0E=, insecure-skip-tls-verify: true}", "{}", "contradicts"),
        ("{server: x, proxy-url: 'socks5://p:1'}", "{}", "proxy-url: only http://host:port"),
        ("{server: x}", "{username: a, password: hunter2}", "users[u].user.username: basic authentication is gone"),
        ("{server: x}", "{auth-provider: {name: gcp}}", "users[u].user.auth-provider: is gone"),
        ("{server: x}", "{client-certificate-data: Q0E=}", "users[u].user.client-key: is missing"),
        ("{server: x}", "{client-key-data: Q0E=}", "users[u].user.client-certificate: is missing"),
        ("{server: x}", "{tokenFile: /nowhere/token}", "users[u].user.tokenFile: /nowhere/token: does not exist"),
        (
            "{server: x}", "{exec: {apiVersion: client.authentication.k8s.io/v1}}",
            "users[u].user.exec.command: is missing"
        ),
        (
            "{server: x}", "{exec: {command: a, apiVersion: client.authentication.k8s.io/v1alpha1}}",
            "exec.apiVersion: is"
        ),
        (
            "{server: x}", "{exec: {command: a, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}}",
            "exec.interactiveMode"
        ),
    ]

    @Test(arguments: mistakes)
    func mistakesAreNamed(_ cluster: String, _ user: String, _ message: String) throws {
        let folder = try TestFolder()
        let file = try folder.write(
            "config",
            """
            current-context: here
            clusters: [{name: c, cluster: \(cluster)}]
            users: [{name: u, user: \(user)}]
            contexts: [{name: here, context: {cluster: c, user: u}}]
            """)
        let error = #expect(throws: ConfigurationError.self) { try KubernetesConfiguration.load(kubeconfig: file) }
        let description = error?.description ?? ""
        #expect(description.contains(message), "\(description)")
        #expect(description.contains(file) && description.contains("context \"here\""))
        #expect(!description.contains("hunter2"))
    }

    static let brokenFiles: [(text: String, context: String?, message: String)] = [
        ("", nil, "current-context: is not set"), ("a: [", nil, "is not YAML"), ("- 1", nil, "is not one YAML mapping"),
        ("kind: Pod", nil, "kind: is Pod"), ("clusters: 3", nil, "clusters: is no list"),
        ("users: [{user: {}}]", nil, "users[0].name: is missing"),
        ("current-context: x", nil, "there is no such context"),
        (kubeconfig, "nope", "there is no such context; there are lab, plain"),
        ("contexts: [{name: a, context: {cluster: z}}]", "a", "context.cluster: \"z\" is not among the clusters"),
        (
            "clusters: [{name: z, cluster: {server: x}}]\ncontexts: [{name: a, context: {cluster: z, user: q}}]", "a",
            "context.user: \"q\" is not among the users"
        ),
    ]

    @Test(arguments: brokenFiles)
    func brokenFilesAreNamed(_ text: String, _ context: String?, _ message: String) throws {
        let folder = try TestFolder()
        let file = try folder.write("config", text)
        let error = #expect(throws: ConfigurationError.self) {
            try KubernetesConfiguration.load(kubeconfig: file, context: context)
        }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
        #expect(error?.description.contains(file) == true)
    }

    @Test func nothingIsConfigured() throws {
        let folder = try TestFolder()
        for environment in [[:], ["HOME": folder.path], ["KUBECONFIG": "\(folder.path)/missing"]] {
            #expect(throws: ConfigurationError.self) { try KubernetesConfiguration.load(environment: environment) }
        }
        let error = #expect(throws: ConfigurationError.self) {
            try KubernetesConfiguration.load(kubeconfig: "\(folder.path)/missing", environment: [:])
        }
        #expect(error?.description == "\(folder.path)/missing: does not exist")
    }

    @Test func aPodFindsItsServiceAccount() throws {
        let folder = try TestFolder()
        let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        try folder.write("ca.crt", "the CA")
        let missing = #expect(throws: ConfigurationError.self) {
            try KubernetesConfiguration.inCluster(environment: environment, serviceAccount: folder.path)
        }
        #expect(missing?.file == "\(folder.path)/token")
        try folder.write("token", "t")
        try folder.write("namespace", "ceph\n")
        let pod = try KubernetesConfiguration.inCluster(environment: environment, serviceAccount: folder.path)
        #expect(pod.server.description == "https://[fd00::1]:443" && pod.namespace == "ceph")
        #expect(throws: ConfigurationError.self) { try KubernetesConfiguration.inCluster(environment: [:]) }
        #expect(throws: ConfigurationError.self) {
            try KubernetesConfiguration.inCluster(
                environment: ["KUBERNETES_SERVICE_HOST": "h", "KUBERNETES_SERVICE_PORT": "0"],
                serviceAccount: folder.path)
        }
    }

    @Test func keysThatAreNoKeysAreNamed() {
        var configuration = KubernetesConfiguration(
            server: .init(isEncrypted: true, host: "h", port: 1), origin: "here")
        configuration.certificateAuthority = Array("no PEM".utf8)
        let error = #expect(throws: ConfigurationError.self) { try KubernetesClient(configuration, logger: .silent) }
        #expect(error?.description == "here, certificate-authority: is no PEM certificate")
        configuration.certificateAuthority = nil
        configuration.authentication.clientCertificate = .init(chain: [1], key: Redacted([2]))
        #expect(throws: ConfigurationError.self) { try KubernetesClient(configuration, logger: .silent) }
    }
}

@Suite struct YAMLTests {
    static let table: [(String, JSONValue)] = [
        ("a: 1", ["a": 1]), ("a: '1'", ["a": "1"]), ("a: \"yes\"", ["a": "yes"]), ("a: yes", ["a": true]),
        ("a: Off", ["a": false]), ("a: ~", ["a": .null]), ("a:", ["a": .null]), ("a: 1.5", ["a": 1.5]),
        ("a: 1e3", ["a": .number(1000)]), ("a: 1Gi", ["a": "1Gi"]), ("a: 0x1F", ["a": 31]), ("a: 0644", ["a": 420]),
        ("a: 0o17", ["a": 15]), ("a: -5", ["a": -5]), ("a: 10.0.0.1", ["a": "10.0.0.1"]), ("a: 1.30", ["a": 1.3]),
        ("a: 2026-11-23", ["a": "2026-11-23"]), ("a: |\n  x\n  1", ["a": "x\n1"]), ("[1, {b: c}]", [1, ["b": "c"]]),
        ("a: &x {b: 1}\nc: *x", ["a": ["b": 1], "c": ["b": 1]]), ("{\"a\": [true, null]}", ["a": [true, .null]]),
        ("1: x", ["1": "x"]), ("a: .", ["a": "."]),
        ("a: 99999999999999999999", ["a": .number(1e20)]),
    ]

    @Test(arguments: table)
    func readsAsKubectlDoes(_ text: String, _ value: JSONValue) throws {
        #expect(try YAML.documents(text) == [value])
    }

    @Test func readsSeveralDocuments() throws {
        #expect(try YAML.documents("a: 1\n---\n---\nb: 2\n...\n") == [["a": 1], ["b": 2]])
        #expect(try YAML.documents("# nothing\n").isEmpty)
    }

    @Test(arguments: ["a: [", "a: b: c", "\ta: 1", "a: *nowhere", "[1: 2", "? [a]\n: b", "<<: {a: 1}", "a: 1\na: 2"])
    func refuses(_ text: String) {
        #expect(throws: YAMLError.self) { try YAML.documents(text) }
    }

    @Test func anchorsDoNotMultiplyWithoutEnd() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let references = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(references)]\n"
        }
        let error = #expect(throws: YAMLError.self) { try YAML.documents(text) }
        #expect(error?.problem == "too many or too deeply nested values")
    }

    @Test func errorsNameTheLineAndNotTheText() {
        let error = #expect(throws: YAMLError.self) { try YAML.documents("a: 1\npassword: hunter2: x\n") }
        #expect(error?.line == 2)
        #expect(error?.description.contains("hunter2") == false)
    }
}
