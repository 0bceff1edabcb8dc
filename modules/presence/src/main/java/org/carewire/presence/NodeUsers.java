package org.carewire.presence;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carewire.platform.RedisAccess;
import org.carewire.platform.RedisScript;

/**
 * Which nodes have, or have had, sessions, and of whom, so that what a dead one leaves can be
 * found: in Redis, a set of nodes and a set of users for each.
 */
final class NodeUsers {
  private static final RedisScript DIED = RedisScript.load(NodeUsers.class, "died.lua");
  private static final String NODES = "carewire:presence:nodes";
  private static final String PAGE = "500";

  /** How long nobody else clears what is left of a node. */
  private static final String CLAIMED_MS = "3000";

  /** Some of the users of a node. */
  record Page(List<User> users, String next) {
    boolean isLast() {
      return next.equals("0");
    }
  }

  private final RedisAccess redis;

  NodeUsers(RedisAccess redis) {
    this.redis = redis;
  }

  static String key(String node) {
    return "carewire:presence:node:{" + node + "}";
  }

  private static String leftKey(String node) {
    return "carewire:presence:left:{" + node + "}";
  }

  /** Notes nodes and answers all of which something may be left. */
  Future<Set<String>> note(Collection<String> nodes) {
    Request add = Request.cmd(Command.SADD).arg(NODES);
    nodes.forEach(add::arg);
    return redis
        .sendAll(List.of(add, Request.cmd(Command.SMEMBERS).arg(NODES)))
        .map(
            answers -> {
              var all = new HashSet<String>();
              answers.get(1).forEach(member -> all.add(member.toString()));
              return all;
            });
  }

  /** Whether it is this one who clears what a dead node leaves, for the next seconds. */
  Future<Boolean> claim(String dead, String self) {
    String key = "carewire:presence:clearing:" + dead;
    return redis
        .send(Command.SET, key, self, "NX", "PX", CLAIMED_MS)
        .compose(
            set ->
                set != null
                    ? Future.succeededFuture(true)
                    : redis
                        .send(Command.GET, key)
                        .map(holder -> holder != null && holder.toString().equals(self))
                        .onSuccess(mine -> prolong(mine, key)));
  }

  private void prolong(boolean mine, String key) {
    if (mine) {
      redis.send(Command.PEXPIRE, key, CLAIMED_MS);
    }
  }

  /** The node has died: its users are left of it. What it puts when it is back is another thing. */
  Future<?> died(String node) {
    return DIED.run(redis, List.of(key(node), leftKey(node)), List.of());
  }

  /** Some of those who are left of a dead node. */
  Future<Page> left(String node, String cursor) {
    return redis.send(Command.SSCAN, leftKey(node), cursor, "COUNT", PAGE).map(NodeUsers::page);
  }

  private static Page page(Response answer) {
    var users = new ArrayList<User>();
    answer.get(1).forEach(member -> users.add(User.named(member.toString())));
    return new Page(users, answer.get(0).toString());
  }

  /** The user has no session on a node. */
  void gone(String node, User user) {
    redis.send(Command.SREM, key(node), user.name());
  }

  /** These users are not left any more. */
  Future<Void> settled(String node, Collection<User> users) {
    if (users.isEmpty()) {
      return Future.succeededFuture();
    }
    var arguments = new ArrayList<String>(1 + users.size());
    arguments.add(leftKey(node));
    users.forEach(user -> arguments.add(user.name()));
    return redis.send(Command.SREM, arguments.toArray(String[]::new)).mapEmpty();
  }

  /** Nothing of a node is left. */
  Future<Void> cleared(String node) {
    return redis.send(Command.SREM, NODES, node).mapEmpty();
  }
}
