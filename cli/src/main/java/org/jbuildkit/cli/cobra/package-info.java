/**
 * Command lines in the dialect of {@code buildx}: flags with two dashes and one-letter ones that
 * can be combined. Start with {@link org.jbuildkit.cli.cobra.Verb}.
 */
@NullMarked
package org.jbuildkit.cli.cobra;

import org.jspecify.annotations.NullMarked;
