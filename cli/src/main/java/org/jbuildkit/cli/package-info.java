/**
 * What command lines share: flags, tables, option grammar. Start with {@link
 * org.jbuildkit.cli.Command}. Nothing here prints by itself except help.
 */
@NullMarked
package org.jbuildkit.cli;

import org.jspecify.annotations.NullMarked;
