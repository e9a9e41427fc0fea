/**
 * An SSH agent over the user's private key files, for steps that need keys where no agent runs.
 * Start with {@link org.jbuildkit.client.agent.KeyAgent}. Keys stay in this process; only
 * signatures leave it.
 */
@NullMarked
package org.jbuildkit.client.agent;

import org.jspecify.annotations.NullMarked;
