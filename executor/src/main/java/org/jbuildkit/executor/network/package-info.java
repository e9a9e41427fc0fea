/**
 * What network a step sees: {@link org.jbuildkit.executor.network.Networks} decides by what the
 * step asks for and by how the daemon is set up ({@link
 * org.jbuildkit.executor.network.NetworkOptions}). Networks of their own are made by CNI plug-ins,
 * which are programs.
 */
@NullMarked
package org.jbuildkit.executor.network;

import org.jspecify.annotations.NullMarked;
