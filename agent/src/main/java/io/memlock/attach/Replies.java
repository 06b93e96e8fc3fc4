// SPDX-License-Identifier: Apache-2.0
package io.memlock.attach;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Writes and reads replies in the JVM's agent properties. JDK: {@code jdk.internal.vm.VMSupport.getAgentProperties},
 * {@code com.sun.tools.attach.VirtualMachine.getAgentProperties}; the JMX agent leaves its address in the same place.
 */
public final class Replies {

    private static final String VERSION = "io.memlock.version";
    private static final String REPLY = "io.memlock.reply.";

    /** The number of final replies that may stay. */
    static final int KEPT = 16;

    private final Properties properties;

    /**
     * Opens the replies.
     *
     * @param properties the agent properties: the JVM's own to write replies, or a copy to read them
     */
    public Replies(Properties properties) {
        this.properties = properties;
    }

    /** Leaves word of the version that runs. */
    public void leaveVersion(String version) {
        properties.setProperty(VERSION, version);
    }

    /** Returns the version that runs; null if no agent has ever answered a request. */
    public String version() {
        return properties.getProperty(VERSION);
    }

    /**
     * Leaves a reply, in place of an earlier one to the same request. Now and then the final ones to earlier requests go:
     * whoever asked has read them, but perhaps the last few.
     */
    public void leave(String id, AttachReply reply) {
        synchronized (properties) {
            if (properties.getProperty(REPLY + id) == null) {
                forgetOld();
            }
            properties.setProperty(REPLY + id, reply.encode());
        }
    }

    private void forgetOld() {
        List<Object> old = new ArrayList<>();
        for (Map.Entry<Object, Object> entry : properties.entrySet()) {
            if (isFinal(entry.getKey().toString(), entry.getValue().toString())) {
                old.add(entry.getKey());
            }
        }
        if (old.size() > KEPT) {
            properties.keySet().removeAll(old);
        }
    }

    private static boolean isFinal(String key, String value) {
        return key.startsWith(REPLY) && AttachReply.decode(value).state() != AttachReply.State.RUNNING;
    }

    /**
     * Finds a reply.
     *
     * @return null if there is none
     */
    public AttachReply find(String id) {
        String stored = properties.getProperty(REPLY + id);
        return stored == null ? null : AttachReply.decode(stored);
    }
}
