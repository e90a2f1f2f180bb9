import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One Elasticsearch node from its published jars, on loopback, until it is told to stop: alone, or one of the cluster
 * whose nodes have these transport ports (its own among them).
 *
 * Run as a source file: java -cp 'lib/*' Node.java HOME HTTP_PORT TRANSPORT_PORT [TRANSPORT_PORT...]
 */
class SearchNode {
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        List<String> all = List.of(arguments).subList(Math.min(3, arguments.length), arguments.length);
        String name = "hoso-test-" + arguments[2];
        Settings.Builder builder = Settings.builder();
        if (all.isEmpty()) {
            builder.put("discovery.type", "single-node");
        } else {
            builder.putList("discovery.seed_hosts", all.stream().map(port -> "127.0.0.1:" + port).toList());
            builder.putList("cluster.initial_master_nodes", all.stream().map(port -> "hoso-test-" + port).toList());
        }
        Settings settings = builder
            .put("path.home", home.toString())
            .put("node.name", name)
            .put("cluster.name", "hoso-test-" + (all.isEmpty() ? arguments[2] : all.get(0)))
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[1])
            .put("transport.port", arguments[2])
            // A test node on a nearly full disk must not turn its indices read-only.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        LogConfigurator.setNodeName(name);
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> name);
        LogConfigurator.registerErrorListener();
        LogConfigurator.configure(environment, true);
        PluginsLoader plugins = PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir()), Set.of(), Map.of(), false);
        Node node = new Node(environment, plugins);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception failure) {
                System.err.println("close failed: " + failure);
            } finally {
                stopped.countDown();
            }
        }));
        node.start();
        stopped.await();
    }
}
