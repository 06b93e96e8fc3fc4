// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanRegistration;
import javax.management.NotificationEmitter;

/**
 * Forwards to a bean of the agent. From an object of an agent's class the application could get the agent's class
 * loader, and so the native access of its classes: {@code MBeanServer.getClassLoaderFor} asks every bean for its
 * loader. What is registered is therefore of a class of the platform loader's, and leads to a bound method handle,
 * which can be called and not be looked into.
 */
final class StandIn implements InvocationHandler {

    private final Object bean;

    private StandIn(Object bean) {
        this.bean = bean;
    }

    /**
     * Makes a stand-in.
     *
     * @param bean a {@link DynamicMBean} without attributes to set, a {@link NotificationEmitter} and a {@link
     *     MBeanRegistration}
     * @return what is all of these too
     */
    static Object of(DescribedMBean bean) {
        try {
            MethodHandle invoke = MethodHandles.lookup()
                    .findVirtual(
                            InvocationHandler.class,
                            "invoke",
                            MethodType.methodType(Object.class, Object.class, Method.class, Object[].class))
                    .bindTo(new StandIn(bean));
            return Proxy.newProxyInstance(
                    ClassLoader.getPlatformClassLoader(),
                    new Class<?>[] {DynamicMBean.class, NotificationEmitter.class, MBeanRegistration.class},
                    MethodHandleProxies.asInterfaceInstance(InvocationHandler.class, invoke));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Looks at no argument of the two setters: it may be of a class of the application's, which would see who asks. */
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("setAttribute")) {
            throw new AttributeNotFoundException("no attribute of this bean can be set");
        }
        if (method.getName().equals("setAttributes")) {
            return new AttributeList();
        }
        try {
            return method.invoke(bean, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
