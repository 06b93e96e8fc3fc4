// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import java.lang.reflect.Method;
import java.util.function.Consumer;
import javax.management.AttributeList;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationEmitter;
import javax.management.StandardEmitterMBean;

/** An MXBean that takes its descriptions from the {@link Description}s of its interface. */
final class DescribedMBean extends StandardEmitterMBean {

    private final Class<?> type;
    private final LockView view;
    private final Consumer<Boolean> presence;

    /**
     * Makes a bean.
     *
     * @param bean of that type
     * @param view of the lock, by which the bean answers
     * @param emitter of its notifications
     * @param presence is told whether it is registered, whoever changes that
     */
    <T> DescribedMBean(T bean, Class<T> type, LockView view, NotificationEmitter emitter, Consumer<Boolean> presence) {
        super(bean, type, true, emitter);
        this.type = type;
        this.view = view;
        this.presence = presence;
    }

    @Override
    public void postRegister(Boolean isDone) {
        super.postRegister(isDone);
        presence.accept(isDone);
    }

    @Override
    public void postDeregister() {
        super.postDeregister();
        presence.accept(false);
    }

    /** Attributes that are read together are of one moment. */
    @Override
    public synchronized AttributeList getAttributes(String[] names) {
        view.hold();
        try {
            return super.getAttributes(names);
        } finally {
            view.letGo();
        }
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return type.getAnnotation(Description.class).value();
    }

    @Override
    protected String getDescription(MBeanAttributeInfo attribute) {
        return method((attribute.isIs() ? "is" : "get") + attribute.getName())
                .getAnnotation(Description.class)
                .value();
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation) {
        return method(operation.getName()).getAnnotation(Description.class).value();
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
        return description(operation, sequence).value();
    }

    @Override
    protected int getImpact(MBeanOperationInfo operation) {
        return operation.getName().equals("diagnose") ? MBeanOperationInfo.ACTION_INFO : MBeanOperationInfo.ACTION;
    }

    @Override
    protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
        return description(operation, sequence).name();
    }

    private Description description(MBeanOperationInfo operation, int sequence) {
        return method(operation.getName()).getParameters()[sequence].getAnnotation(Description.class);
    }

    /** No two methods of ours share a name. */
    private Method method(String name) {
        for (Method method : type.getMethods()) {
            if (method.getName().equals(name)) {
                return method;
            }
        }
        throw new IllegalStateException("no method " + name + " in " + type);
    }
}
